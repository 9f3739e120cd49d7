"""The pictures of README are of the pages as they are."""

import io
import os
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image
from playwright.sync_api import Browser

from agent.config import ScreenConfig
from agent.ports.screen import View
from server.adapters.simulated_figures import SimulatedChanges
from tests.kiosk_ui.running import QUESTION, running_screen
from tests.kiosk_ui.staff_room import PIN, VIEWS, staff_pages
from tests.server.web.fleet import busy_fleet
from tests.server.web.serving import served

HERE = Path(__file__).parent
KIOSK = {
    "kiosk-idle": View("idle"),
    "kiosk-accepted": View("accepted", QUESTION),
    "kiosk-ask-staff": View("ask_staff"),
    "kiosk-out-of-order": View("out_of_order"),
    "kiosk-seen": View("seen"),
    "kiosk-more-time": View("accepted", replace(QUESTION, hurry_s=20.0)),
    "kiosk-thanks": View("thanks", replace(QUESTION, given=2)),
    "kiosk-paused": View("paused"),
}
SCREEN = (800, 480)
FLEET = (1280, 1000)


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Where pictures go: README's folder when asked to, else nowhere."""
    return HERE if os.environ.get("KAIKU_PICTURES") else tmp_path


@pytest.mark.parametrize("name", KIOSK)
def test_the_kiosks_screen(browser: Browser, album: Path, name: str) -> None:
    with running_screen(ScreenConfig(port=0)) as screen:
        page = browser.new_page(viewport={"width": SCREEN[0], "height": SCREEN[1]}, reduced_motion="reduce")
        page.goto(screen.address)
        screen.show(KIOSK[name])
        page.wait_for_selector(f"[data-state={KIOSK[name].state}]")
        page.screenshot(path=album / f"{name}.png")
        page.close()
    assert size_of(album / f"{name}.png") == SCREEN == size_of(HERE / f"{name}.png")


def test_the_staffs_page(browser: Browser, album: Path) -> None:
    with running_screen(ScreenConfig(port=0), staff=staff_pages(("fi", "sv", "en"))) as screen:
        page = browser.new_page(viewport={"width": SCREEN[0], "height": SCREEN[1]}, reduced_motion="reduce")
        page.goto(f"{screen.address}staff")
        page.wait_for_selector("[data-press=ok]")
        page.keyboard.type(PIN)
        page.keyboard.press("Enter")
        screen.show_staff(VIEWS["refused"])
        page.wait_for_selector("[data-look=staff]")
        page.screenshot(path=album / "kiosk-staff.png")
        page.close()
    assert size_of(album / "kiosk-staff.png") == SCREEN == size_of(HERE / "kiosk-staff.png")


def test_without_colours_a_welcome_and_an_invitation_are_told_apart(browser: Browser, album: Path) -> None:
    """Side by side in grey: by their grounds, a dark and a light one, as much as by their shapes."""
    width, height = SCREEN
    pair = Image.new("L", (2 * width, height))
    with running_screen(ScreenConfig(port=0)) as screen:
        page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
        page.goto(screen.address)
        for place, name in enumerate(("kiosk-accepted", "kiosk-ask-staff")):
            screen.show(KIOSK[name])
            page.wait_for_selector(f"[data-state={KIOSK[name].state}]")
            page.wait_for_timeout(600)  # the outlines have grown
            with Image.open(io.BytesIO(page.screenshot())) as picture:
                pair.paste(picture.convert("L"), (place * width, 0))
        page.close()
    pair.save(album / "kiosk-grey-pair.png")
    corners = pair.crop((width - 8, 0, width + 8, 8)).tobytes()
    dark, light = ((grey / 255) ** 2.2 for grey in (corners[0], corners[-1]))
    assert (light + 0.05) / (dark + 0.05) > 7
    assert size_of(HERE / "kiosk-grey-pair.png") == pair.size


def test_the_fleets_page(browser: Browser, album: Path) -> None:
    with served(busy_fleet(), SimulatedChanges()) as address:
        page = browser.new_page(viewport={"width": FLEET[0], "height": FLEET[1]})
        page.goto(address)
        page.wait_for_selector("#kiosk-rows tr")
        page.screenshot(path=album / "fleet.png")
        page.close()
    assert size_of(album / "fleet.png") == FLEET == size_of(HERE / "fleet.png")


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size
