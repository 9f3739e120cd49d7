"""The hold-a-card page in a real browser."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from msgspec.structs import replace
from playwright.sync_api import Browser, Locator, Page, expect

from agent.ports.screen import View
from provisioning.demo.house import Spot
from tests.browser import AXE
from tests.kiosk_ui.running import QUESTION, RunningScreen
from tests.provisioning.demo.door import kiosk
from tests.provisioning.demo.holding import WAIT_S, Serving
from tests.provisioning.mosquitto import free_port

LOOKS: Final[dict[str, dict[str, Any]]] = {
    "wide": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
}


@dataclass(frozen=True)
class Held:
    """An open page, and the kiosk that it is about."""

    page: Page
    screen: RunningScreen
    spot: Spot
    address: str

    def show(self, view: View) -> None:
        self.screen.show(view)
        expect(self.page.locator("#said")).to_have_attribute("data-state", view.state)

    def card(self, sort: str) -> Locator:
        return self.page.locator(f"[data-sort={sort}]")


@pytest.fixture
def held(browser: Browser, tmp_path: Path) -> Iterator[Held]:
    with kiosk(tmp_path) as (spot, screen, _), Serving(spot, free_port()) as address:
        page = browser.new_page()
        page.goto(address)
        open_page = Held(page, screen, spot, address)
        open_page.show(View("idle"))
        yield open_page
        page.close()


def test_the_cards_are_called_as_on_the_fleets_page_and_alike_in_both_languages(held: Held) -> None:
    expect(held.page.locator("#cards button")).to_have_text(
        [
            "VoimassaValid",
            "VanhentunutExpired",
            "SuljettuBlocked",
            "Ei listallaNot on the list",
            "Vieras QR-koodiAnother QR code",
        ]
    )


def test_that_a_foreign_code_is_ignored_is_said_to_be_right(held: Held) -> None:
    expect(held.page.locator("#ignored")).to_be_hidden()
    held.card("foreign").click()
    expect(held.page.locator("#ignored")).to_contain_text(
        "kioski ei välitä vieraista koodeista.", timeout=WAIT_S * 1000
    )
    expect(held.page.locator("#ignored")).to_be_visible(timeout=WAIT_S * 1000)
    held.card("valid").click()
    expect(held.page.locator("#ignored")).to_be_hidden()


@pytest.mark.parametrize(
    ("view", "sentence"),
    [
        (View("idle"), "Show your card to the reader on the right."),
        (View("accepted"), "Welcome. Please come in."),
        (View("accepted", QUESTION), "Welcome. Children with you?"),
        (View("ask_staff"), "Come to the desk. Our staff will help."),
    ],
)
def test_the_english_is_a_sentence(held: Held, view: View, sentence: str) -> None:
    held.show(view)
    expect(held.page.locator("#english")).to_have_text(sentence)


def test_a_question_is_answered_on_the_kiosks_screen(held: Held) -> None:
    hint = held.page.get_by_role("link", name="Vastaa kioskin näytöllä")
    expect(hint).to_be_hidden()
    held.show(View("accepted", QUESTION))
    expect(hint).to_be_visible()
    expect(hint).to_have_attribute("href", held.spot.screen)
    when = held.page.locator("#asks")
    expect(when).to_contain_text("kun kysymykseen on vastattu, viimeistään 40 sekunnin kuluttua.")
    expect(when).to_contain_text("once the question is answered, at the latest after 40 seconds.")
    held.show(View("thanks", replace(QUESTION, given=2)))
    correct = held.page.get_by_role("link", name="Korjaa vastausta kioskin näytöllä")
    expect(correct).to_have_attribute("href", held.spot.screen)
    expect(when).to_contain_text("Correct the answer on the kiosk's screen")
    held.show(View("idle"))
    expect(when).to_be_hidden()


def test_what_is_no_picture_leaves_no_broken_one(held: Held, tmp_path: Path) -> None:
    letter = tmp_path / "letter.png"
    letter.write_text("no picture")
    held.page.locator("#file").set_input_files(letter)
    expect(held.page.locator("#note")).to_contain_text("PNG- tai JPEG-kuvaa")
    expect(held.page.locator("#note [lang=en]")).to_have_text(
        "This picture cannot be opened. Use a PNG or JPEG."
    )
    expect(held.page.locator("#chosen")).to_be_hidden()


def test_a_camera_that_is_not_allowed_is_said_in_both_languages(held: Held) -> None:
    held.page.locator("#camera").click()
    expect(held.page.locator("#note")).to_contain_text("Kameraa ei saatu käyttöön.", timeout=WAIT_S * 1000)
    expect(held.page.locator("#note [lang=en]")).to_have_text(
        "The camera could not be used. Allow it in the browser's settings, or choose a picture."
    )
    held.card("valid").click()
    expect(held.page.locator("#note")).to_be_empty(timeout=WAIT_S * 1000)


def test_a_picture_is_shown(held: Held) -> None:
    held.page.locator("#file").set_input_files(Path("tests/pictures/kiosk-idle.png").resolve())
    expect(held.page.locator("#chosen")).to_be_visible()


def test_an_open_page_comes_back_after_the_demo_was_started_again(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    with kiosk(tmp_path) as (spot, screen, _):
        screen.show(View("idle"))
        page = browser.new_page()
        said = page.locator("#said")
        with Serving(spot, port) as address:
            page.goto(address)
            expect(said).to_have_attribute("data-state", "idle")
        expect(said).to_have_attribute("data-state", "lost")
        with Serving(spot, port, token="of the next start"):  # noqa: S106  (made up)
            expect(said).to_have_attribute("data-state", "idle", timeout=WAIT_S * 1000)
            token = page.locator("meta[name=kaiku-token]").get_attribute("content")
            assert token == "of the next start"  # noqa: S105  (made up)
            page.close()


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(browser: Browser, held: Held, look: str) -> None:
    page = browser.new_page(**LOOKS[look])
    page.goto(held.address)
    held.screen.show(View("accepted", QUESTION))
    expect(page.locator("#asks")).to_be_visible()
    found = Axe().run(page, options=AXE)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.close()
