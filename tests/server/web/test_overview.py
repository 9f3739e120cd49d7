"""Order, sums and sentences of the fleet's page."""

from dataclasses import replace

from server.domain.completeness import Proof
from server.web import overview
from server.web.formats import NO_BREAK
from tests.server.web.fleet import NOW, busy_fleet, empty_fleet, visit


def test_kiosks_that_need_care_come_first_and_then_by_venue() -> None:
    ordered = overview.by_need_of_care(busy_fleet().kiosks)
    assert [(row.state, row.venue_name) for row in ordered] == [
        ("lost", "Arktikum"),
        ("attention", "Tiedekeskus Pilke"),
        ("attention", "Uimahalli"),
        ("working", "Jäähalli"),
        ("working", "Rovaniemen Teatteri"),
        ("working", "Taidemuseo"),
        ("working", "Uimahalli"),
        ("stopped", "Konttisen kesäteatteri"),
        ("never", "Uimahalli"),
    ]


def test_names_sort_as_in_finnish() -> None:
    kiosk = busy_fleet().kiosks[0]
    rows = [replace(kiosk, venue_name=name) for name in ("Öljymäki", "Zetor", "Äänekoski", "Åbo", "alku")]
    assert [row.venue_name for row in overview.by_need_of_care(rows)] == [
        "alku",
        "Zetor",
        "Åbo",
        "Äänekoski",
        "Öljymäki",
    ]


def test_every_state_is_counted_also_where_no_kiosk_is_in_it() -> None:
    assert [(word, count) for _, word, count in overview.state_counts([])] == [
        ("Ei yhteyttä", 0),
        ("Huomio", 0),
        ("Toimii", 0),
        ("Pysäytetty", 0),
        ("Ei vielä nähty", 0),
    ]


def test_the_sentence_tells_the_day_what_waits_and_when_that_was_true() -> None:
    assert overview.sentence(busy_fleet().overview()).replace("\xa0", " ") == (
        "Tänään 144 käyntiä, 232 käyttökertaa. 14 kirjausta odottaa lähetystä. "
        "Tilanne tiistaina 24.11. klo 14.02."
    )


def test_the_sentence_of_a_server_that_waits_says_that_another_takes_the_records_in() -> None:
    figures = empty_fleet()
    assert "toinen palvelin" not in overview.sentence(figures.overview())
    figures.elsewhere = True
    assert overview.sentence(figures.overview()).endswith(
        "Kirjaukset ottaa vastaan toinen palvelin, ja tämä on valmiina jatkamaan sen jälkeen."
    )


def test_the_sentence_of_a_day_without_visits_has_no_noughts() -> None:
    assert overview.sentence(empty_fleet().overview()).replace("\xa0", " ") == (
        "Tänään ei ole vielä käyntejä. Tilanne tiistaina 24.11. klo 14.02."
    )


def test_what_is_said_aloud_changes_with_states_and_not_with_visits() -> None:
    said = "Kioskien tila: ei yhteyttä 1, huomio 2, toimii 4, pysäytetty 1, ei vielä nähty 1."
    assert overview.announcement(busy_fleet().overview()) == said
    assert not overview.announcement(empty_fleet().overview())


def test_small_venues_are_left_for_one_last_bar() -> None:
    row = busy_fleet().overview().by_venue.rows[0]
    many = [replace(row, key=f"v-{size}", name=f"v-{size}", uses=size) for size in range(1, 13)]
    bars, others = overview.venue_bars(many)
    assert [bar.uses for bar in bars] == [12, 11, 10, 9, 8, 7, 6, 5, 4]
    assert [other.uses for other in others] == [3, 2, 1]
    assert overview.venue_bars(many[:10])[1] == []


def test_the_sentence_tells_how_many_records_are_here_and_until_when() -> None:
    figures = busy_fleet()
    figures.records = Proof(here=212, expected=212, as_of=NOW.replace(hour=6, minute=10))
    assert f"Kirjauksia perillä 212/212, kaikki klo{NO_BREAK}6.10 asti." in overview.sentence(
        figures.overview()
    )
    figures.records = Proof(here=210, expected=212, doubts=("gap",))
    assert "210/212: kirjauksia puuttuu välistä." in overview.sentence(figures.overview())


def test_the_sentence_splits_the_unchecked_once_some_are_matched() -> None:
    figures = busy_fleet()
    assert "Tarkistamatta" not in overview.sentence(figures.overview())
    for number in range(3):
        figures.add(visit(verdict="unchecked", reason="unlisted", matched=number > 0))
    before = sum(row.unchecked for row in figures.overview().by_venue.rows)
    said = overview.sentence(figures.overview()).replace("\xa0", " ")
    assert f"Tarkistamatta tuli {before} käyntiä, joista 2 on nyt rekisterissä." in said
