"""An import of venues or of distributors is taken back, as long as nobody has used what it brought."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from agent.wire.card_code import DEFAULT_PATTERN
from server.adapters.card_undo import CardUndo
from server.adapters.database import Database
from server.adapters.fleet_state import locked_list_state
from server.adapters.place_import import PlaceImports, place_imports_in
from server.adapters.place_undo import PlaceUndo
from server.adapters.places import Places, area_id
from server.adapters.trials import Trials
from server.domain.headings import Given
from server.domain.register import Venue
from server.domain.undoing import PlaceUndoRefused
from tests.server.cards import NOW, SOURCE, card, import_cards
from tests.server.kiosk import LIST_KEY
from tests.server.stored_fleet import HELSINKI

ZONE: Final = "Europe/Helsinki"


@pytest.fixture
def venues(database: Database, tmp_path: Path) -> Callable[[str], int]:
    """Imports rows of venues, and gives the import's number."""

    def imported(rows: str) -> int:
        file = tmp_path / "venues.csv"
        file.write_text(f"name;area;category\n{rows}")
        imports = PlaceImports(database, re.compile(DEFAULT_PATTERN), lambda: NOW)
        number = imports.venues(file, Given(), ZONE, SOURCE).import_id
        assert number is not None
        return number

    return imported


@pytest.fixture
def distributors(database: Database, tmp_path: Path) -> Callable[[str], int]:
    def imported(rows: str) -> int:
        file = tmp_path / "distributors.csv"
        file.write_text(f"name;area\n{rows}")
        imports = PlaceImports(database, re.compile(DEFAULT_PATTERN), lambda: NOW)
        number = imports.distributors(file, Given(), SOURCE).import_id
        assert number is not None
        return number

    return imported


def undo(database: Database) -> PlaceUndo:
    return PlaceUndo(database, lambda: NOW)


def there(database: Database) -> list[Venue]:
    return Places(database, lambda: NOW).list_venues()


def areas(database: Database) -> list[str]:
    return [name for name, _ in Places(database, lambda: NOW).list_areas()]


def test_venues_are_what_they_were_and_areas_that_nobody_needs_are_gone(
    database: Database, venues: Callable[[str], int]
) -> None:
    venues("Uimahalli;Rovaniemi;sport\n")
    before = there(database)
    second = venues("Uimahalli;Tornio;culture\nTeatteri;Kemi;culture\n")
    assert areas(database) == ["Kemi", "Rovaniemi", "Tornio"]
    assert undo(database).undo("venues", second) == 2
    assert there(database) == before
    assert "Kemi" not in areas(database)
    with database.reading() as connection:
        newest, oldest = place_imports_in(connection, "venues")
    assert (newest.undone_at, oldest.undone_at) == (NOW, None)
    with pytest.raises(PlaceUndoRefused, match=f"Import {second} was undone already"):
        undo(database).undo("venues", second)
    assert undo(database).undo("venues", oldest.id) == 1
    assert there(database) == []


def test_a_venue_that_had_a_kiosk_stays_and_so_does_all_of_its_import(
    database: Database, venues: Callable[[str], int]
) -> None:
    number = venues("Teatteri;Kemi;culture\nUimahalli;Kemi;sport\n")
    before = there(database)
    (hall,) = [venue.id for venue in before if venue.name == "Uimahalli"]
    Places(database, lambda: NOW).add_kiosk("k-a", "Ovi", hall)
    with pytest.raises(PlaceUndoRefused, match="Uimahalli, which it brought, is in use by now"):
        undo(database).undo("venues", number)
    assert there(database) == before


def test_the_later_word_is_undone_first(database: Database, venues: Callable[[str], int]) -> None:
    first = venues("Uimahalli;Kemi;sport\n")
    second = venues("Uimahalli;Kemi;culture\n")
    with pytest.raises(PlaceUndoRefused, match="a later import has Uimahalli, too"):
        undo(database).undo("venues", first)
    assert undo(database).undo("venues", second) == 1
    assert [venue.category for venue in there(database)] == ["sport"]
    assert undo(database).undo("venues", first) == 1


def test_distributors_go_unless_a_card_has_them(
    database: Database, distributors: Callable[[str], int]
) -> None:
    first = distributors("Seurakunta;Rovaniemi\n")
    second = distributors("Mielitiimi;Tornio\n")
    import_cards(database, LIST_KEY, [card(1)])
    with pytest.raises(PlaceUndoRefused, match="Seurakunta, which it brought, is in use"):
        undo(database).undo("distributors", first)
    assert undo(database).undo("distributors", second) == 1
    assert areas(database) == ["Rovaniemi"]


def test_an_area_whose_trial_was_said_stays(database: Database, distributors: Callable[[str], int]) -> None:
    number = distributors("Mielitiimi;Tornio\nSeurakunta;Kemi\n")
    trials = Trials(database, HELSINKI, lambda: NOW)
    trials.set("Tornio", date(2026, 12, 31), "cli")
    trials.set("Kemi", None, "cli")
    undo(database).undo("distributors", number)
    assert areas(database) == ["Tornio"], "of Kemi nothing was said that was not so"


@pytest.mark.parametrize("number", [0, 7, 2**64])
def test_an_import_that_there_is_not(
    database: Database, distributors: Callable[[str], int], number: int
) -> None:
    made = distributors("Mielitiimi;Tornio\n")
    with pytest.raises(PlaceUndoRefused, match="kaiku-server venues imports"):
        undo(database).undo("venues", number)
    with pytest.raises(PlaceUndoRefused, match="There is no import 1 of venues"):
        undo(database).undo("venues", made)


def test_venues_and_cards_that_come_at_once_make_the_same_areas(
    database: Database, venues: Callable[[str], int]
) -> None:
    """Each would wait for an area that the other one has made and not committed."""
    with ThreadPoolExecutor() as pool:
        with database.writing() as connection:
            locked_list_state(connection)
            area_id(connection, "Kemi")
            coming = pool.submit(venues, "Teatteri;Tornio;culture\nUimahalli;Kemi;sport\n")
            wait([coming], timeout=1)
            assert not coming.done()
            area_id(connection, "Tornio")
        assert coming.result() == 1
    assert areas(database) == ["Kemi", "Tornio"]


def test_a_venue_that_is_added_and_a_kiosk_that_moves_in_wait_for_an_undo(
    database: Database, venues: Callable[[str], int]
) -> None:
    """An area, or a venue, would else be taken away from under them."""
    number = venues("Teatteri;Kemi;culture\nUimahalli;Tornio;sport\n")
    places = Places(database, lambda: NOW)
    with ThreadPoolExecutor() as pool:
        with database.writing() as connection:
            locked_list_state(connection)
            venue = pool.submit(places.add_venue, "Museo", "Kemi", "culture", ZONE)
            kiosk = pool.submit(places.add_kiosk, "k-a", "Ovi", "v-uimahalli")
            wait([venue], timeout=1)
            assert not venue.done()
            assert not kiosk.done()
        assert venue.exception() is kiosk.exception() is None
    with pytest.raises(PlaceUndoRefused, match="Uimahalli, which it brought, is in use"):
        undo(database).undo("venues", number)


def test_what_a_later_list_has_as_it_is_is_not_taken_away(
    database: Database, venues: Callable[[str], int], distributors: Callable[[str], int]
) -> None:
    first = venues("Uimahalli;Kemi;sport\nTeatteri;Kemi;culture\n")
    again = venues("Uimahalli;Kemi;sport\n")
    before = there(database)
    with pytest.raises(PlaceUndoRefused, match=r"later import has Uimahalli, too\. Undo that one first"):
        undo(database).undo("venues", first)
    assert there(database) == before
    assert undo(database).undo("venues", again) == 0
    assert undo(database).undo("venues", first) == 2
    first, again = distributors("Seurakunta;Kemi\nMielitiimi;Kemi\n"), distributors("Mielitiimi;Kemi\n")
    with pytest.raises(PlaceUndoRefused, match=r"later import has Mielitiimi, too\. Undo that one first"):
        undo(database).undo("distributors", first)
    assert undo(database).undo("distributors", again) == 0
    assert undo(database).undo("distributors", first) == 2
    assert areas(database) == []


def test_an_area_goes_with_its_last_venue_though_an_undone_import_had_moved_that(
    database: Database, venues: Callable[[str], int]
) -> None:
    first = venues("Museo;Rovaniemi;culture\n")
    second = venues("Museo;Kemi;culture\n")
    undo(database).undo("venues", second)
    undo(database).undo("venues", first)
    assert areas(database) == []
    with pytest.raises(PlaceUndoRefused, match="undone already"):
        undo(database).undo("venues", first)


def test_cards_that_were_undone_still_name_their_distributor(
    database: Database, distributors: Callable[[str], int]
) -> None:
    number = distributors("Seurakunta;Rovaniemi\n")
    cards = CardUndo(database, lambda: NOW)
    brought = import_cards(database, LIST_KEY, [card(1)]).import_id
    assert brought is not None
    cards.undo(brought, "cli")
    with pytest.raises(PlaceUndoRefused, match="still name Seurakunta"):
        undo(database).undo("distributors", number)
    import_cards(database, LIST_KEY, [card(1)])
    with pytest.raises(PlaceUndoRefused, match="Seurakunta, which it brought, is in use"):
        undo(database).undo("distributors", number)
    moved = import_cards(database, LIST_KEY, [card(1, distributor="Mielitiimi")])
    assert moved.changed == 1
    with pytest.raises(PlaceUndoRefused, match="Seurakunta, which it brought, is in use"):
        undo(database).undo("distributors", number)
