"""The pictures of README are of the pages as they are."""

import os
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from agent.config import ScreenConfig
from agent.ports.screen import View
from server.adapters.simulated_figures import SimulatedChanges
from tests.kiosk_ui.running import QUESTION, running_screen
from tests.server.web.fleet import busy_fleet
from tests.server.web.serving import served

HERE = Path(__file__).parent
KIOSK = {
    "kiosk-idle": View("idle"),
    "kiosk-accepted": View("accepted", QUESTION),
    "kiosk-ask-staff": View("ask_staff"),
    "kiosk-out-of-order": View("out_of_order"),
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
