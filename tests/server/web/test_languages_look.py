"""The pages in every language in a real browser: not cut off, kept true, nothing that axe finds."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final, get_args

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from agent.wire.screen import Language
from server.adapters.simulated_figures import SimulatedChanges, SimulatedMemoryCards
from server.adapters.simulated_staff import SimulatedKioskStaff
from server.ports import AtKiosks
from server.web.language import NAMES
from tests.browser import AXE
from tests.server.web.fleet import busy_fleet, copied_fleet, visit, wide_fleet
from tests.server.web.looks import CUT, HEADS
from tests.server.web.register import register_in
from tests.server.web.serving import served
from tests.server.web.test_staff_pages import KIOSK, STAFF

SCREENS: Final = ((1280, 800), (1024, 768), (800, 480), (700, 480), (390, 844), (360, 740))
PAGES: Final = ("/letters", "/memory-cards", "/cards", "/cards/years", f"/kiosks/{KIOSK}/staff")


@pytest.fixture(params=get_args(Language))
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Of a browser whose user reads this language."""
    context = browser.new_context(extra_http_headers={"accept-language": request.param})
    yield context.new_page()
    context.close()


def looks_well(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    found = Axe().run(page, options=AXE)
    assert found.violations_count == 0, found.generate_report()


def test_no_table_of_the_fleet_is_cut_on_any_screen(page: Page) -> None:
    with served(wide_fleet(), SimulatedChanges()) as url:
        page.goto(url)
        looks_well(page)
        for width, height in SCREENS:
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate(CUT) == [], width
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
        assert page.evaluate(HEADS) == []
        looks_well(page)
        page.goto("about:blank")


def test_the_other_pages_fit_a_small_phone(page: Page, tmp_path: Path) -> None:
    figures = copied_fleet()
    kiosks = AtKiosks(SimulatedMemoryCards(figures), SimulatedKioskStaff(STAFF))
    page.set_viewport_size({"width": 360, "height": 740})
    with (
        register_in(tmp_path) as register,
        served(figures, SimulatedChanges(), register=register, kiosks=kiosks) as url,
    ):
        for path in PAGES:
            page.goto(f"{url}{path}")
            looks_well(page)
        page.goto("about:blank")


def test_a_language_is_chosen_on_the_page_and_what_comes_later_is_in_it(browser: Browser) -> None:
    figures, changes = busy_fleet(), SimulatedChanges()
    context = browser.new_context()
    page = context.new_page()
    with served(figures, changes) as url:
        page.goto(f"{url}/letters?after=20")
        page.get_by_role("link", name=NAMES["sv"]).click()
        expect(page.locator("html")).to_have_attribute("lang", "sv")
        assert page.url == f"{url}/letters?after=20"
        with page.expect_response("**/events?*"):
            page.goto(url)
        other = context.new_page()
        other.goto(url)
        other.get_by_role("link", name=NAMES["se"]).click()
        figures.add(visit())
        changes.tell()
        expect(page.locator("#sentence")).to_contain_text("145\xa0besök")
        expect(other.locator("#sentence")).to_contain_text("145\xa0galledeami")
        figures.change_kiosk("k-0000000000", lambda kiosk: replace(kiosk, state="lost"))
        changes.tell()
        expect(page.locator("#announcement")).to_have_text(
            "Kioskernas läge: ingen kontakt 2, obs 2, fungerar 3, stoppad 1, inte sedd än 1."
        )
        context.close()
