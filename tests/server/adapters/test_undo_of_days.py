"""A card's first and last day go together, whichever lists are undone between those that gave them."""

from dataclasses import replace
from datetime import date

import pytest

from server.adapters.database import Database
from server.adapters.trials import Trials
from server.domain.undoing import UndoRefused
from tests.server.adapters.test_card_undo import undo
from tests.server.adapters.test_undo_in_any_order import ANYHOW, register
from tests.server.cards import NOW, card, desk_of, import_cards
from tests.server.kiosk import LIST_KEY
from tests.server.list_client import ListClient
from tests.server.stored_fleet import HELSINKI

ENDS = date(2026, 12, 31)
OWN_DAY = replace(card(1), issued_on=date(2026, 1, 1), valid_until=date(2026, 3, 31))
"""Of a card that was given a last day of its own."""


def trial_ends(database: Database, day: date) -> None:
    Trials(database, HELSINKI, lambda: NOW).set("Rovaniemi", day, "cli")


def listed(database: Database, issued_on: date, valid_until: date | None = None) -> int | None:
    row = replace(OWN_DAY, issued_on=issued_on, valid_until=valid_until)
    return import_cards(database, LIST_KEY, [row], ANYHOW).import_id


def days(database: Database) -> tuple[date, date]:
    one = register(database)[1]
    client = ListClient(database)
    assert client.is_whole(client.follow())
    return one["issued_on"], one["valid_until"]


def test_a_later_issue_keeps_its_last_day_though_it_was_the_same_as_that_of_the_undone_one(
    database: Database,
) -> None:
    trial_ends(database, ENDS)
    import_cards(database, LIST_KEY, [OWN_DAY])
    undone = listed(database, date(2026, 5, 1))
    listed(database, date(2026, 6, 1))
    back = import_cards(database, LIST_KEY, [OWN_DAY], ANYHOW)
    undo(database, undone)
    undo(database, back.import_id)
    assert days(database) == (date(2026, 6, 1), ENDS)


def test_a_day_that_the_desk_gave_to_an_undone_issue_ends_no_later_one(database: Database) -> None:
    import_cards(database, LIST_KEY, [replace(OWN_DAY, valid_until=None)])
    first, last = date(2026, 12, 20), date(2027, 12, 19)
    listed(database, first)
    undone = listed(database, date(2025, 11, 20))
    desk_of(database).renew("A000000001", date(2026, 12, 1), "cli")
    back = listed(database, first)
    undo(database, undone)
    undo(database, back)
    assert days(database) == (first, last)


def test_a_trial_s_day_is_not_given_to_a_card_that_had_its_own(database: Database) -> None:
    trial_ends(database, ENDS)
    import_cards(database, LIST_KEY, [OWN_DAY])
    undone = listed(database, date(2026, 5, 1))
    trial_ends(database, date(2027, 3, 31))
    import_cards(database, LIST_KEY, [OWN_DAY], ANYHOW)
    with pytest.raises(UndoRefused, match="1 of its cards"):
        undo(database, undone)
    assert days(database) == (OWN_DAY.issued_on, OWN_DAY.valid_until)
