"""The page's parts: escaped, complete, and helpful where there is nothing to show."""

from dataclasses import replace

import pytest
from markupsafe import escape

from server.web.parts import PARTS, Pages
from tests.server.web.fleet import busy_fleet, empty_fleet, visit

# Markup, and what template engines would work out.
BAD_NAMES = ["<script>alert(1)</script>", "#{7*7}{{7*7}}", '"><img src=x>', "]]><b>&amp;"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_is_text_wherever_it_stands(name: str) -> None:
    figures = busy_fleet()
    figures.kiosks = [
        replace(
            figures.kiosks[0],
            kiosk=name,
            name=name,
            venue_name=name,
            area=name,
            reason=name,
            camera=name,
            software=name,
        )
    ]
    figures.problems = (name,)
    figures.add(visit(venue_name=name, masked_code=name, reason=name, verdict="ask_staff"))
    figures.add(visit(venue_name=name))
    pages = Pages()
    parts = pages.parts(figures.overview())
    for html in [pages.page(figures.overview()), *parts.values()]:
        assert "<script>alert" not in html
        assert "<img" not in html
        assert "]]><b>&amp;" not in html
    for part in ("problems", "kiosk-rows", "venues", "venue-rows", "latest-rows"):
        assert escape(name) in parts[part]


def test_every_part_is_one_element_of_its_name_and_stands_on_the_page() -> None:
    pages, overview = Pages(), busy_fleet().overview()
    page = pages.page(overview)
    for name, html in pages.parts(overview).items():
        assert html.split(">", 1)[0].count(f'id="{name}"') == 1
        assert page.count(f'id="{name}"') == 1
    assert tuple(pages.parts(overview)) == PARTS


def test_a_fleet_without_kiosks_says_how_to_add_one() -> None:
    parts = Pages().parts(empty_fleet().overview())
    assert "kaiku-provision add --venue" in parts["kiosk-rows"]
    assert "Tänään ei ole vielä käyntejä." in parts["hours"]
    assert "Näytä kortti kioskin lukijalle." in parts["latest-rows"]
    assert " hidden" in parts["problems"].split(">", 1)[0]


def test_a_visit_changes_only_the_parts_that_show_it() -> None:
    pages, figures = Pages(), busy_fleet()
    before = pages.parts(figures.overview())
    figures.add(visit())
    after = pages.parts(figures.overview())
    changed = [name for name in PARTS if before[name] != after[name]]
    assert changed == ["sentence", "hours", "hour-rows", "venues", "venue-rows", "latest-rows"]


def test_problems_are_sentences_on_the_page() -> None:
    parts = Pages().parts(busy_fleet().overview())
    assert "<li>Arktikum, Pääaula lähetti 2 kirjausta" in parts["problems"]
    assert " hidden" not in parts["problems"].split(">", 1)[0]
