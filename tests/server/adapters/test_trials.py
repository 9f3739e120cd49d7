"""The end of an area's trial changes, and its cards' last days with it, on both databases."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import pytest

from server.adapters.card_undo import CardUndo
from server.adapters.database import Database
from server.adapters.fleet_state import list_state_of
from server.adapters.places import PlaceError, Places
from server.adapters.trials import Trials
from server.domain.trials import TrialSet
from server.domain.undoing import UndoRefused
from tests.server.adapters.year_of_visits import code, desk
from tests.server.cards import NOW, card, import_cards
from tests.server.kiosk import LIST_KEY
from tests.server.list_client import ListClient
from tests.server.stored_fleet import HELSINKI, Fleet

FIRST: Final = date(2026, 12, 1)
LATER: Final = date(2027, 3, 31)


def trials(database: Database) -> Trials:
    return Trials(database, HELSINKI, lambda: NOW)


def revision(database: Database) -> int:
    with database.reading() as connection:
        return list_state_of(connection).revision


def test_kiosks_and_history_hear_of_the_new_day_and_a_day_of_its_own_stays(fleet: Fleet) -> None:
    trials(fleet.database).set("Rovaniemi", FIRST, "cli")
    by_rule = [card(1, valid_until=None), card(2, valid_until=None, status="blocked")]
    other = replace(card(4, valid_until=None), area="Tornio")
    import_cards(fleet.database, LIST_KEY, [*by_rule, card(3, valid_until=date(2026, 12, 24)), other])
    client = ListClient(fleet.database)
    client.follow()
    said = trials(fleet.database).preview("ROVANIEMI", None)
    assert (said, revision(fleet.database)) == (
        TrialSet("Rovaniemi", is_new=False, later=2, own_day=1),
        client.since,
    )
    assert trials(fleet.database).set("rovaniemi", None, "cli") == said
    assert revision(fleet.database) == client.since + 2
    days = [client.row(code(number)).last_day for number in (1, 2, 3, 4)]
    assert days == [date(2026, 12, 31)] * 2 + [date(2026, 12, 24), date(2026, 12, 31)]
    newest, *_ = desk(fleet).find(code(1)).history
    assert (newest.what, newest.way, newest.columns) == (
        "trial_moved",
        "cli",
        (("valid_until", "2026-12-01", "2026-12-31"),),
    )
    assert Places(fleet.database, lambda: NOW).list_areas()[0] == ("Rovaniemi", None)
    assert client.is_whole(client.follow())


def test_a_renewed_card_s_twelve_months_begin_with_the_renewal_also_on_the_card_in_its_place(
    fleet: Fleet,
) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1), card(2)])
    desk(fleet).renew(code(1), None, "web")
    desk(fleet).replace(code(1), code(7), "web")
    done = trials(fleet.database).set("Rovaniemi", LATER, "cli")
    assert done == TrialSet("Rovaniemi", is_new=False, earlier=2)
    assert desk(fleet).find(code(7)).card.valid_until == LATER
    assert trials(fleet.database).set("Rovaniemi", None, "cli").later == 2
    assert desk(fleet).find(code(7)).card.valid_until == date(2027, 11, 23)


def test_a_list_does_not_shorten_what_a_longer_trial_lengthened(fleet: Fleet) -> None:
    trials(fleet.database).set("Rovaniemi", FIRST, "cli")
    import_cards(fleet.database, LIST_KEY, [card(1, valid_until=None)])
    trials(fleet.database).set("Rovaniemi", None, "cli")
    done = import_cards(fleet.database, LIST_KEY, [card(1, valid_until=FIRST)])
    assert (done.older.rows, done.older.done) == (1, 0)
    trials(fleet.database).set("Rovaniemi", date(2026, 12, 15), "cli")
    done = import_cards(fleet.database, LIST_KEY, [card(1, valid_until=FIRST)])
    assert (done.older.rows, done.changed) == (0, 1)


def test_erased_and_undone_cards_are_left_out(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1), card(2)])
    desk(fleet).erase(code(1), "web")
    assert trials(fleet.database).set("Rovaniemi", FIRST, "cli").earlier == 1


def test_cards_of_many_chunks_go_along(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, map(card, range(2_300)))
    assert trials(fleet.database).set("Rovaniemi", FIRST, "cli").earlier == 2_300
    client = ListClient(fleet.database, limit=10_000)
    assert client.is_whole(client.follow())


def test_an_area_that_is_new_is_made_and_one_without_a_name_is_refused(database: Database) -> None:
    assert trials(database).preview("Tornio", FIRST).is_new
    assert Places(database, lambda: NOW).list_areas() == []
    assert trials(database).set("Tornio", FIRST, "cli").is_new
    assert Places(database, lambda: NOW).list_areas() == [("Tornio", FIRST)]
    with pytest.raises(PlaceError):
        trials(database).set(" ", FIRST, "cli")


def test_an_undo_brings_no_card_back_to_a_trial_that_moved_meanwhile(fleet: Fleet) -> None:
    at_first = Trials(fleet.database, HELSINKI, lambda: NOW - timedelta(days=1))
    at_first.set("Rovaniemi", FIRST, "cli")
    import_cards(fleet.database, LIST_KEY, [card(1, valid_until=None)])
    away = import_cards(fleet.database, LIST_KEY, [replace(card(1, valid_until=None), area="Kemi")])
    other = import_cards(fleet.database, LIST_KEY, [card(1, distributor="Mielitiimi")])
    undo = CardUndo(fleet.database, lambda: NOW).undo
    assert away.import_id
    assert other.import_id
    assert undo(other.import_id, "cli") == 1
    Trials(fleet.database, HELSINKI, lambda: NOW + timedelta(days=1)).set("Rovaniemi", LATER, "cli")
    with pytest.raises(UndoRefused, match="1 of its cards would get back a last day in an area whose trial"):
        undo(away.import_id, "cli")
    assert desk(fleet).find(code(1)).card.area == "Kemi"


def test_an_undo_brings_no_last_day_of_a_trial_back_that_moved_meanwhile(fleet: Fleet) -> None:
    at_first = Trials(fleet.database, HELSINKI, lambda: NOW - timedelta(days=1))
    at_first.set("Rovaniemi", FIRST, "cli")
    import_cards(fleet.database, LIST_KEY, [card(1, valid_until=None)])
    own = import_cards(fleet.database, LIST_KEY, [card(1, valid_until=date(2026, 12, 15))])
    assert own.import_id
    said_again = Trials(fleet.database, HELSINKI, lambda: NOW + timedelta(days=1))
    said_again.set("Rovaniemi", FIRST, "cli")
    assert CardUndo(fleet.database, lambda: NOW).undo(own.import_id, "cli") == 1, "nothing moved"
    own = import_cards(fleet.database, LIST_KEY, [card(1, valid_until=date(2026, 12, 15))])
    said_again.set("Rovaniemi", LATER, "cli")
    assert own.import_id
    with pytest.raises(UndoRefused, match="whose trial was given another end"):
        CardUndo(fleet.database, lambda: NOW).undo(own.import_id, "cli")
