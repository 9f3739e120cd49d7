"""The fleet's page in a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from server.adapters.simulated_figures import SimulatedChanges, SimulatedFigures, SimulatedLetters
from tests.browser import AXE
from tests.server.web.fleet import NOW, busy_fleet, empty_fleet, letter, visit, wide_fleet
from tests.server.web.looks import CONTRASTS, CUT, HEADS, LOOKS, NARROW, TEXT, WIDE
from tests.server.web.serving import served
from tests.server.web.shown import Shown, shown


@pytest.fixture
def fleet(browser: Browser) -> Iterator[Shown]:
    with shown(browser, busy_fleet(), viewport=WIDE) as open_fleet:
        yield open_fleet


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("figures", [busy_fleet, empty_fleet])
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(browser: Browser, look: str, figures: Any) -> None:  # noqa: ANN401  # a maker of figures
    with shown(browser, figures(), **LOOKS[look]) as open_fleet:
        page = open_fleet.page
        for closed in page.locator("summary:visible").all():
            closed.click()
        found = Axe().run(page, options=AXE)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert open_fleet.said == []


def test_the_page_is_finnish_and_shows_the_kiosk_that_needs_care_first(fleet: Shown) -> None:
    expect(fleet.page).to_have_title("Kioskit \N{EN DASH} Kaiku")
    expect(fleet.page.locator("html")).to_have_attribute("lang", "fi")
    expect(fleet.page.locator("#kiosk-rows tr").first).to_contain_text("Ei yhteyttä 42\xa0min")


def test_a_visit_appears_without_a_reload(fleet: Shown) -> None:
    fleet.page.evaluate("window.here = true")
    fleet.figures.add(visit(venue_name="Kirjasto", children=3))
    fleet.changes.tell()
    expect(fleet.page.locator("#sentence")).to_contain_text("145\xa0käyntiä")
    newest = fleet.page.locator("#latest-rows tr").first
    expect(newest).to_contain_text("Kirjasto")
    expect(newest).to_have_class("changed")
    expect(fleet.page.locator("#latest-rows tr.changed")).to_have_count(1)
    assert fleet.page.evaluate("window.here") is True
    assert fleet.said == []


def test_letters_come_and_go_without_a_reload(browser: Browser) -> None:
    with shown(browser, empty_fleet(), viewport=WIDE) as open_fleet:
        letters = open_fleet.page.locator("#letters")
        expect(letters).to_be_hidden()
        open_fleet.figures.dead = [letter()]
        open_fleet.changes.tell()
        expect(letters).to_contain_text("Kortin tunnus ei aukea tämän palvelimen avaimella.")
        expect(letters.locator("tbody tr")).to_have_class("changed")
        open_fleet.figures.dead = []
        open_fleet.changes.tell()
        expect(letters).to_be_hidden()
        assert open_fleet.said == []


@pytest.mark.parametrize("script", [True, False])
def test_the_button_has_the_letters_read_once_more_and_says_what_came_of_it(
    browser: Browser, script: bool
) -> None:
    figures = empty_fleet()
    figures.dead = [letter(), letter(seq=9)]
    letters = SimulatedLetters(figures, {letter(): visit(venue_name="Arktikum")})
    page = browser.new_page(java_script_enabled=script)
    try:
        with served(figures, SimulatedChanges(), letters=letters) as url:
            page.goto(url)
            page.get_by_role("button", name="Lue uudelleen").click()
            expect(page.get_by_role("main")).to_contain_text("1\xa0kirjaus luettiin ja on nyt mukana.")
            expect(page.get_by_role("main")).to_contain_text("1\xa0kirjausta ei vieläkään osata lukea")
            page.get_by_role("link", name="Kioskit").click()
            expect(page.locator("#letters tbody tr")).to_have_count(1)
            expect(page.locator("#latest-rows")).to_contain_text("Arktikum")
    finally:
        page.close()


def test_a_form_of_another_site_has_nothing_read(browser: Browser) -> None:
    figures = empty_fleet()
    figures.dead = [letter()]
    page = browser.new_page()
    try:
        with served(
            figures, SimulatedChanges(), letters=SimulatedLetters(figures, {letter(): visit()})
        ) as url:
            page.set_content(f'<form method="post" action="{url}/letters/retry"><button>x</button></form>')
            with page.expect_response("**/letters/retry") as answer:
                page.get_by_role("button").click()
            assert answer.value.status == 403
            assert figures.dead
    finally:
        page.close()


def test_a_change_of_state_is_said_in_the_one_polite_line(fleet: Shown) -> None:
    fleet.figures.change_kiosk("k-0000000000", lambda kiosk: replace(kiosk, state="lost"))
    fleet.changes.tell()
    expect(fleet.page.get_by_role("status")).to_contain_text("ei yhteyttä 2")
    expect(fleet.page.locator("[aria-live], [role=status], [role=alert], [role=log]")).to_have_count(1)


def test_an_open_table_stays_open_and_is_kept_true(fleet: Shown) -> None:
    fleet.page.get_by_text("Näytä taulukkona").first.click()
    fleet.figures.add(visit(seen_at=NOW.replace(hour=16)))
    fleet.changes.tell()
    expect(fleet.page.locator("#hour-rows")).to_contain_text("klo 16")
    expect(fleet.page.locator("#hour-rows")).to_be_visible()


def test_a_part_that_holds_the_focus_waits_until_it_leaves(fleet: Shown) -> None:
    focused = fleet.page.locator("#latest-rows tr").first
    fleet.figures.add(visit())
    fleet.changes.tell()
    expect(fleet.page.locator("#sentence")).to_contain_text("145\xa0käyntiä")  # the page is up to date
    focused.evaluate("row => { row.tabIndex = 0; row.focus(); }")
    fleet.figures.add(visit(venue_name="Kirjasto"))
    fleet.changes.tell()
    expect(fleet.page.locator("#sentence")).to_contain_text("146\xa0käyntiä")
    expect(focused).to_be_focused()
    expect(fleet.page.locator("#latest-rows")).not_to_contain_text("Kirjasto")
    focused.evaluate("row => row.blur()")
    expect(fleet.page.locator("#latest-rows")).to_contain_text("Kirjasto")


def test_a_lost_server_is_said_plainly_and_its_return_takes_it_back(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    line = page.locator("#connection")
    try:
        with served(busy_fleet(), SimulatedChanges()) as url:
            with page.expect_response("**/events?*"):
                page.goto(url)
            expect(line).to_be_empty()
        expect(line).to_contain_text("Yhteys palvelimeen katkesi.")
        expect(line).to_be_in_viewport()
        with served(busy_fleet(), SimulatedChanges(), port=int(url.rsplit(":", 1)[1])):
            expect(line).to_be_empty(timeout=20_000)
    finally:
        page.close()


def test_the_page_is_whole_without_script(browser: Browser) -> None:
    page = browser.new_page(java_script_enabled=False)
    try:
        with served(busy_fleet(), SimulatedChanges()) as url:
            page.goto(url)
            expect(page.locator("#kiosk-rows tr:not(.notes)")).to_have_count(9)
            expect(page.get_by_role("img")).to_be_visible()
            expect(page.locator("noscript p")).to_be_visible()  # its text search leaves noscript out
    finally:
        page.close()


def test_a_hostile_name_is_only_text(browser: Browser) -> None:
    figures = busy_fleet()
    figures.add(visit(venue_name="<img src=x onerror=alert(1)>#{7*7}"))
    with shown(browser, figures, viewport=WIDE) as open_fleet:
        open_fleet.changes.tell()
        expect(open_fleet.page.locator("#latest-rows tr th").first).to_have_text(
            "<img src=x onerror=alert(1)>#{7*7}"
        )
        expect(open_fleet.page.locator("img")).to_have_count(0)
        assert open_fleet.said == []


SCREENS: Final[dict[str, tuple[int, int]]] = {
    "desktop": (1280, 800),
    "laptop": (1024, 768),
    "small": (800, 480),
    "smaller": (700, 480),
    "phone": (390, 844),
}


@contextmanager
def opened(browser: Browser, screen: str) -> Iterator[Page]:
    """A fleet with wide figures, and everything unfolded."""
    width, height = SCREENS[screen]
    with shown(browser, wide_fleet(), viewport={"width": width, "height": height}) as open_fleet:
        for closed in open_fleet.page.locator("summary:visible").all():
            closed.click()
        yield open_fleet.page


@pytest.mark.parametrize("screen", SCREENS)
def test_no_table_is_cut_and_no_cell(browser: Browser, screen: str) -> None:
    with opened(browser, screen) as page:
        assert page.locator(".figures:visible").count() == 2  # by hour and by venue
        assert page.evaluate(CUT) == []


@pytest.mark.parametrize(
    ("screen", "gone"),
    [
        ("desktop", set()),
        ("laptop", {"Versio"}),
        ("small", {"Versio", "Kamera"}),
        ("phone", {"Versio", "Kamera"}),
    ],
)
def test_columns_go_in_their_order(browser: Browser, screen: str, gone: set[str]) -> None:
    with opened(browser, screen) as page:
        cells = page.locator("#kiosk-rows tr").first.locator("[data-head]")
        hidden = {cell.get_attribute("data-head") for cell in cells.all() if not cell.is_visible()}
        assert hidden == gone


def test_a_cell_calls_its_head_as_the_column_does(browser: Browser) -> None:
    with opened(browser, "desktop") as page:
        assert page.evaluate(HEADS) == []


def test_on_a_phone_each_figure_stands_beside_its_head(browser: Browser) -> None:
    with opened(browser, "phone") as page:
        cell = page.locator("#kiosk-rows [data-head=Jono]").first
        assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Jono"'
        expect(page.locator("thead:visible")).to_have_count(0)


@pytest.mark.parametrize(
    ("screen", "rows"),
    [
        ("desktop", [5]),
        ("small", [5]),
        ("smaller", [3, 2]),
        ("phone", [1, 1, 1, 1, 1]),
    ],
)
def test_no_count_is_left_alone(browser: Browser, screen: str, rows: list[int]) -> None:
    with opened(browser, screen) as page:
        tiles = [tile.bounding_box() for tile in page.locator("#counts li").all()]
        tops = [round(tile["y"]) for tile in tiles if tile]
        assert [tops.count(top) for top in sorted(set(tops))] == rows


def test_a_chart_that_is_wider_than_its_card_shows_the_present_hour(browser: Browser) -> None:
    figures = SimulatedFigures(NOW.replace(hour=22))
    figures.add(visit(seen_at=NOW))
    with shown(browser, figures, viewport=NARROW) as open_fleet:
        assert open_fleet.page.evaluate(
            """() => {
              const hour = document.querySelector("#hours .now").getBoundingClientRect();
              const area = document.querySelector("#hours").parentElement;
              const card = area.getBoundingClientRect();
              const seen = hour.left >= card.left && hour.right <= card.right;
              return seen && area.scrollWidth > area.clientWidth;
            }"""
        )


def test_a_link_to_a_part_is_called_as_the_part(fleet: Shown) -> None:
    for link in fleet.page.get_by_label("Sivun osat").get_by_role("link").all():
        heading = fleet.page.locator(f"{link.get_attribute('href')} h2").first
        assert heading.inner_text().startswith(link.inner_text())


@pytest.mark.parametrize("look", ["light", "dark"])
def test_text_has_seven_to_one_and_marks_three_to_one(browser: Browser, look: str) -> None:
    with shown(browser, busy_fleet(), **LOOKS[look]) as open_fleet:
        ratios: dict[str, float] = open_fleet.page.evaluate(CONTRASTS)
    assert {name: ratio for name, ratio in ratios.items() if ratio < (7 if name in TEXT else 3)} == {}
