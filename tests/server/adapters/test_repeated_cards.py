"""What a later list says once more of a card is its word, too: no undo of an earlier list takes that away."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from server.adapters.card_tables import card_repeats
from server.adapters.database import Database
from server.adapters.tables import cards
from server.domain.history import Wish
from server.domain.undoing import UndoRefused
from tests.server.adapters.test_card_undo import register, undo
from tests.server.cards import card, desk_of, import_cards
from tests.server.kiosk import LIST_KEY

ANYHOW = Wish(shorten=True, reopen=True)


def in_its_way(database: Database, import_id: int | None) -> list[tuple[str, int | None]]:
    """Codes' ends of cards that later lists have, too, with the newest import of these."""
    before = register(database)
    with pytest.raises(UndoRefused) as raised:
        undo(database, import_id)
    assert register(database) == before
    assert all(not one.columns for one in raised.value.examples)
    assert raised.value.cards == len(raised.value.examples)
    return sorted((one.masked_code[-2:], one.repeated_by) for one in raised.value.examples)


def test_a_card_that_a_later_list_has_as_it_is_is_not_undone_away(database: Database) -> None:
    first = import_cards(database, LIST_KEY, map(card, range(1, 4)))
    second = import_cards(database, LIST_KEY, map(card, (1, 2, 9)))
    third = import_cards(database, LIST_KEY, map(card, (2, 8)))
    assert second.import_id is not None
    assert third.import_id is not None
    assert in_its_way(database, first.import_id) == [("01", second.import_id), ("02", third.import_id)]
    undo(database, second.import_id)
    assert in_its_way(database, first.import_id) == [("02", third.import_id)]
    undo(database, third.import_id)
    assert undo(database, first.import_id) == 3
    assert register(database) == {}


def test_the_refusal_says_which_import_to_undo_first(database: Database) -> None:
    first = import_cards(database, LIST_KEY, [card(1)])
    import_cards(database, LIST_KEY, [card(1)])
    with pytest.raises(UndoRefused, match=r"A•••••••01: import 2 says the same"):
        undo(database, first.import_id)


def test_what_a_later_list_says_once_more_is_not_taken_back(database: Database) -> None:
    import_cards(database, LIST_KEY, map(card, range(1, 6)))
    shut = import_cards(database, LIST_KEY, [card(number, status="blocked") for number in range(1, 6)])
    silent = replace(card(3, status=None), max_children=None)
    other = replace(card(4, status="blocked"), max_children=9)
    again = import_cards(database, LIST_KEY, [card(2, status="blocked"), silent, other], ANYHOW)
    assert again.import_id is not None
    before = register(database)
    with pytest.raises(UndoRefused) as raised:
        undo(database, shut.import_id)
    assert register(database) == before
    found = {one.masked_code[-2:]: (one.columns, one.repeated_by) for one in raised.value.examples}
    assert found == {
        "02": ((), again.import_id),
        "04": ((("max_children", "4", "9"),), again.import_id),
    }, "of the status of card 3 it said nothing"


def test_a_card_that_was_undone_and_brought_anew_is_as_safe_as_a_new_one(database: Database) -> None:
    undo(database, import_cards(database, LIST_KEY, [card(1)]).import_id)
    anew = import_cards(database, LIST_KEY, [card(1)])
    later = import_cards(database, LIST_KEY, [card(1, status=None)])
    assert later.import_id is not None
    assert in_its_way(database, anew.import_id) == [("01", later.import_id)]
    undo(database, later.import_id)
    assert undo(database, anew.import_id) == 1
    assert register(database) == {}


def test_a_row_that_was_left_alone_still_names_its_card(database: Database) -> None:
    first = import_cards(database, LIST_KEY, map(card, (1, 2)))
    older = replace(card(1), issued_on=date(2025, 1, 1), valid_until=None)
    assert import_cards(database, LIST_KEY, [older]).older.kept == 1
    assert [code for code, _ in in_its_way(database, first.import_id)] == ["01"]


def test_a_card_that_a_later_list_would_withdraw_as_well_is_not_brought_back(database: Database) -> None:
    withdraw = Wish("withdraw", withdraw_most=True)
    import_cards(database, LIST_KEY, map(card, (1, 2, 3)))
    desk_of(database).withdraw("A000000003", "cli")
    gone = import_cards(database, LIST_KEY, [card(1)], withdraw)
    kept = import_cards(database, LIST_KEY, [card(1)])
    again = import_cards(database, LIST_KEY, [card(1)], withdraw)
    assert (gone.withdrawn, kept.withdrawn, again.withdrawn) == (1, 0, 0)
    assert again.import_id is not None
    assert in_its_way(database, gone.import_id) == [("02", again.import_id)]
    undo(database, again.import_id)
    assert undo(database, gone.import_id) == 1


def test_a_card_that_was_over_for_a_later_list_that_lacks_it_is_not_made_valid_again(
    database: Database,
) -> None:
    import_cards(database, LIST_KEY, map(card, range(1, 4)))
    short = import_cards(database, LIST_KEY, [card(1, valid_until=date(2026, 10, 28))], ANYHOW)
    later = import_cards(database, LIST_KEY, [card(2), card(3)], Wish("withdraw"))
    assert (later.expired, later.withdrawn) == (1, 0)
    assert later.import_id is not None
    assert in_its_way(database, short.import_id) == [("01", later.import_id)]
    undo(database, later.import_id)
    assert undo(database, short.import_id) == 1


def test_what_another_list_says_stands_in_nobody_s_way(database: Database) -> None:
    import_cards(database, LIST_KEY, [card(1)])
    away = import_cards(database, LIST_KEY, [card(1, distributor="Mielitiimi")])
    import_cards(database, LIST_KEY, [card(1)])
    import_cards(database, LIST_KEY, [card(1)])
    before = register(database)
    undo(database, away.import_id)
    assert register(database) == before


@pytest.mark.parametrize(
    "other", [{"status": "blocked"}, {"valid_until": date(2026, 6, 30)}, {"issued_on": date(2026, 3, 1)}]
)
def test_what_a_list_that_stands_has_repeated_is_not_taken_back_by_two_undos(
    database: Database, other: dict[str, Any]
) -> None:
    """The card is as it was before the first of them: undone alone it would leave no trace."""
    import_cards(database, LIST_KEY, [card(1)])
    before = register(database)
    changed = import_cards(database, LIST_KEY, [replace(card(1), **other)], ANYHOW)
    repeats = import_cards(database, LIST_KEY, [replace(card(1), **other)], ANYHOW)
    stands = register(database)
    back = import_cards(database, LIST_KEY, [card(1)], ANYHOW)
    with pytest.raises(UndoRefused) as raised:
        undo(database, changed.import_id)
    assert [one.repeated_by for one in raised.value.examples] == [repeats.import_id]
    undo(database, back.import_id)
    assert register(database) == stands
    undo(database, repeats.import_id)
    undo(database, changed.import_id)
    assert register(database) == before


def test_what_an_undone_list_has_repeated_is_forgotten(database: Database) -> None:
    import_cards(database, LIST_KEY, [card(1)])
    undo(database, import_cards(database, LIST_KEY, [card(1)]).import_id)
    with database.reading() as connection:
        assert connection.scalars(select(card_repeats.c.import_id)).all() == []


def test_numbers_of_cards_far_apart_are_each_found(database: Database) -> None:
    many = list(map(card, range(2_300)))
    first = import_cards(database, LIST_KEY, many)
    with database.writing() as connection:  # as in a register that has had a million cards
        far = [many[number].code.reveal() for number in (700, 2_100)]
        connection.execute(update(cards).where(cards.c.code.in_(far)).values(id=cards.c.id + 1_000_000))
    import_cards(database, LIST_KEY, many[::700])
    with database.reading() as connection:
        pieces = set(connection.scalars(select(card_repeats.c.piece)))
    assert pieces == {0, 15}
    assert [code for code, _ in in_its_way(database, first.import_id)] == ["00", "00", "00", "00"]


def test_of_an_erased_card_no_list_is_remembered(database: Database) -> None:
    import_cards(database, LIST_KEY, map(card, (1, 2)))
    import_cards(database, LIST_KEY, map(card, (1, 2)))

    def noted() -> list[bytes]:
        with database.reading() as connection:
            return list(connection.scalars(select(card_repeats.c.cards)))

    assert len(noted()) == 1
    before = noted()
    desk_of(database).erase("A000000001", "cli")
    assert noted() != before
    desk_of(database).erase("A000000002", "cli")
    assert noted() == []
