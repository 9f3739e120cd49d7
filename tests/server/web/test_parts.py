"""The page's parts: escaped, complete, and helpful where there is nothing to show."""

from dataclasses import replace

import pytest
from markupsafe import escape

from server.domain.troubles import Trouble
from server.web.parts import PARTS, Pages
from tests.server.web.fleet import busy_fleet, empty_fleet, letter, visit

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
            troubles=(Trouble(name),),
            camera=name,
            software=name,
        )
    ]
    figures.add(visit(venue_name=name, masked_code=name, reason=name, verdict="ask_staff"))
    figures.add(visit(venue_name=name))
    figures.dead = [letter(name=name, venue_name=name, why=name, kiosk=name)]
    pages = Pages()
    parts = pages.parts(figures.overview())
    for html in [pages.page(figures.overview()), *parts.values()]:
        assert "<script>alert" not in html
        assert "<img" not in html
        assert "]]><b>&amp;" not in html
    for part in ("kiosk-rows", "venues", "venue-rows", "latest-rows", "letters"):
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
    assert "<li>Kirjauksia, joita palvelin ei osaa lukea: 2. Ne ovat tallessa" in parts["problems"]
    assert " hidden" not in parts["problems"].split(">", 1)[0]


def test_letters_are_shown_with_kiosk_moment_number_and_reason_in_finnish() -> None:
    html = Pages().parts(busy_fleet().overview())["letters"]
    assert "Yhteensä 2." in html
    for told in ("Pääaula", "Arktikum", "klo\xa013.02", "01234567 8<", "Kortin tunnus ei aukea"):
        assert told in html
    assert "a reason of another version" in html


def test_the_newest_twenty_letters_stand_there_with_the_sum_of_all() -> None:
    figures = empty_fleet()
    figures.dead = [letter(seq=seq) for seq in range(1200)]
    html = Pages().parts(figures.overview())["letters"]
    assert "Yhteensä 1\xa0200, joista tässä uusimmat 20." in html
    assert html.count('<th scope="row">') == 20


def test_without_letters_their_part_is_hidden_and_empty() -> None:
    html = Pages().parts(empty_fleet().overview())["letters"]
    assert " hidden" in html.split(">", 1)[0]
    assert "<form" not in html


def test_how_many_left_the_question_unanswered_stands_beside_the_children_of_each_hour() -> None:
    figures = empty_fleet()
    figures.add(visit(children=2))
    figures.add(visit(children=0))
    figures.add(visit(children=None))
    parts = Pages().parts(figures.overview())
    assert "Lapsista ei vastannut <b>33\xa0%</b>" in parts["hours"]
    assert parts["hour-rows"].count("33\xa0%") == 1
