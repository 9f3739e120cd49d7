"""Every figure on the page carries its coverage, in words that touch and keyboard reach."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from server.adapters.simulated_figures import SimulatedChanges, SimulatedFigures
from server.domain.completeness import Proof
from server.domain.figures import By, Summary
from tests.browser import AXE
from tests.server.web.fleet import NOW, busy_fleet, letter, visit
from tests.server.web.serving import served

WHOLE: Final = Proof(here=212, expected=212, as_of=NOW.replace(hour=6, minute=10))
POOR: Final = Proof(
    here=3, expected=4, doubts=("gap", "silent"), silent_since=NOW - timedelta(days=12), ended=1
)
SAYS: Final = (
    "kioski ei ole ollut yhteydessä 12.11. klo\xa014.02 jälkeen, 1\xa0muistikortti merkitty poistetuksi."
)


class HalfProved(SimulatedFigures):
    """Arktikum's figures are in doubt, and so is the day."""

    def summary(self, first: date | None, last: date | None, by: By) -> Summary:
        summary = super().summary(first, last, by)
        rows = [
            replace(
                row, records=POOR if row.key == "Arktikum" or by == "hour" else WHOLE, by_hand=2, bounded=1
            )
            for row in summary.rows
        ]
        return replace(summary, rows=tuple(rows), records=POOR)


def half_proved() -> HalfProved:
    figures = HalfProved(NOW)
    busy_fleet(figures)
    figures.kiosks = [
        replace(kiosk, records=POOR if kiosk.venue_name == "Arktikum" else WHOLE) for kiosk in figures.kiosks
    ]
    return figures


@pytest.fixture(params=[1280, 390])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    made = browser.new_page(viewport={"width": request.param, "height": 844})
    with served(half_proved(), SimulatedChanges()) as url:
        with made.expect_response("**/events?*"):
            made.goto(url)
        for closed in made.locator("summary:visible").all():
            closed.click()
        yield made
        made.close()


def test_a_kiosk_s_figures_of_today_say_how_many_records_they_rest_on_and_until_when(page: Page) -> None:
    row = page.locator("#kiosk-rows tr").filter(has_text="Jäähalli")
    expect(row.locator(".records")).to_contain_text("212/212")
    expect(row.locator(".records")).to_contain_text("klo\xa06.10")
    expect(page.locator("#kiosk-rows tr").filter(has_text="Arktikum").locator(".records")).to_contain_text(
        "3/4"
    )


@pytest.mark.parametrize("part", ["#kiosk-rows", "#hour-rows", "#venue-rows", "#venues"])
def test_a_doubt_is_a_visible_sentence_that_a_key_reaches(page: Page, part: str) -> None:
    mark = page.locator(f"{part} .note").first
    note = page.locator(mark.get_attribute("href") or "none")
    expect(note).to_be_visible()
    expect(note).to_contain_text(f"Kirjauksia puuttuu välistä, {SAYS}")
    mark.focus()
    page.keyboard.press("Enter")
    expect(note).to_be_in_viewport()
    expect(page.locator(f"{part} .notes li")).to_have_count(1)


def test_chart_and_bars_say_their_coverage(page: Page) -> None:
    for part in ("#hours", "#venues"):
        expect(page.locator(f"{part} .coverage")).to_have_text(
            f"Kirjauksia perillä 3/4: kirjauksia puuttuu välistä, {SAYS}"
        )


def test_no_doubt_is_in_a_tooltip_alone_and_axe_finds_nothing(page: Page) -> None:
    expect(page.locator("[title]")).to_have_count(0)
    found = Axe().run(page, options=AXE)
    assert found.violations_count == 0, found.generate_report()


def test_who_was_let_in_by_hand_and_whose_time_is_a_guess_have_their_columns(page: Page) -> None:
    for part in ("#hour-rows", "#venue-rows"):
        expect(page.locator(f'{part} [data-head="Päästetty käsin"]').first).to_contain_text("2")
        expect(page.locator(f'{part} [data-head="Aika arvio"]').first).to_contain_text("1")


def test_a_bounded_visit_among_the_latest_shows_no_exact_time(browser: Browser) -> None:
    figures = half_proved()
    figures.add(visit(seen_at=NOW, quality="bounded"))
    page = browser.new_page()
    with served(figures, SimulatedChanges()) as url:
        page.goto(url)
        expect(page.locator("#latest-rows .moment").first).to_have_text("viimeistään klo\xa014.02")
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_all_letters_are_found_from_the_top_of_the_page_and_told_page_by_page(
    browser: Browser, width: int
) -> None:
    figures = busy_fleet()
    figures.dead = [letter(seq=number) for number in range(45)]
    page = browser.new_page(viewport={"width": width, "height": 844}, java_script_enabled=False)
    with served(figures, SimulatedChanges()) as url:
        page.goto(url)
        page.get_by_label("Muut sivut").get_by_role("link", name="Lukematta jääneet 45").click()
        numbers: list[str] = []
        for rows in (20, 20, 5):
            expect(page.locator("tbody tr")).to_have_count(rows)
            expect(page.get_by_role("main")).to_contain_text("Yhteensä 45")
            numbers += page.locator("tbody .code").all_inner_texts()
            if rows == 20:
                page.get_by_role("link", name="Vanhemmat").click()
        assert len(set(numbers)) == 45
        expect(page.get_by_role("link", name="Vanhemmat")).to_have_count(0)
        page.get_by_role("link", name="Uusimmat").click()
        expect(page.locator("tbody tr")).to_have_count(20)
    page.close()


def test_the_page_of_letters_keeps_the_rules_of_axe_and_the_nav_has_no_word_without_letters(
    browser: Browser,
) -> None:
    figures = busy_fleet()
    page = browser.new_page(viewport={"width": 390, "height": 844})
    with served(figures, SimulatedChanges()) as url:
        page.goto(f"{url}/letters")
        found = Axe().run(page, options=AXE)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        figures.dead = []
        page.goto(url)
        expect(page.get_by_label("Muut sivut").get_by_role("link")).to_have_count(2)
        page.goto(f"{url}/letters")
        expect(page.get_by_role("main")).to_contain_text("Kaikki kirjaukset on osattu lukea.")
    page.close()
