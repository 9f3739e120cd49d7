"""What the desk shuts stays shut, though a list had shut it before, and whatever becomes of that list."""

import pytest

from server.adapters.database import Database
from server.domain.desk import CardRefused
from server.domain.history import Wish
from server.domain.undoing import UndoRefused
from tests.server.adapters.test_card_undo import undo
from tests.server.adapters.test_undo_in_any_order import ANYHOW, register
from tests.server.cards import card, desk_of, import_cards
from tests.server.kiosk import LIST_KEY


def test_a_card_that_a_list_has_blocked_is_blocked_at_the_desk_as_well(database: Database) -> None:
    """It was lost meanwhile: neither the undo of that list nor the next one opens it."""
    import_cards(database, LIST_KEY, map(card, (1, 2)))
    wrong = import_cards(database, LIST_KEY, [card(1, status="blocked"), card(2, status="blocked")])
    desk = desk_of(database)
    assert "blocked" in desk.find("A000000001").may
    assert "blocked" not in desk.block("A000000001", "web").may
    with pytest.raises(CardRefused, match="blocked already"):
        desk.block("A000000001", "web")
    with pytest.raises(UndoRefused, match="A•••••••01: decided anew"):
        undo(database, wrong.import_id)
    again = import_cards(database, LIST_KEY, map(card, (1, 2)))
    assert again.reopening.kept == 1
    assert [register(database)[number]["status"] for number in (1, 2)] == ["blocked", "active"]


def test_the_desk_s_block_holds_when_the_lists_around_it_are_taken_back(database: Database) -> None:
    import_cards(database, LIST_KEY, [card(1)])
    shut = import_cards(database, LIST_KEY, [card(1, status="blocked")])
    desk_of(database).block("A000000001", "web")
    opened = import_cards(database, LIST_KEY, [card(1)], ANYHOW)
    undo(database, shut.import_id)
    assert register(database)[1]["status"] == "active"
    undo(database, opened.import_id)
    assert register(database)[1]["status"] == "blocked"


def test_a_card_that_a_list_has_withdrawn_is_blocked_at_the_desk_when_it_is_lost(database: Database) -> None:
    import_cards(database, LIST_KEY, map(card, (1, 2, 3)))
    wrong = import_cards(database, LIST_KEY, map(card, (2, 3)), Wish("withdraw"))
    desk = desk_of(database)
    assert "blocked" in desk.find("A000000001").may
    assert desk.block("A000000001", "web").card.status == "blocked"
    with pytest.raises(UndoRefused, match="status withdrawn → blocked"):
        undo(database, wrong.import_id)
    again = import_cards(database, LIST_KEY, map(card, (1, 2, 3)))
    assert (again.reopening.kept, register(database)[1]["status"]) == (1, "blocked")


def test_a_card_that_the_desk_has_withdrawn_is_not_blocked_as_well(database: Database) -> None:
    import_cards(database, LIST_KEY, map(card, (1, 2)))
    desk = desk_of(database)
    desk.withdraw("A000000001", "web")
    assert desk.find("A000000001").may == {"reinstated"}
    with pytest.raises(CardRefused, match="withdrawn"):
        desk.block("A000000001", "web")


def test_a_lost_card_that_a_list_had_blocked_is_blocked_here_since_another_took_its_place(
    database: Database,
) -> None:
    import_cards(database, LIST_KEY, [card(1)])
    import_cards(database, LIST_KEY, [card(1, status="blocked")])
    desk = desk_of(database)
    desk.replace("A000000001", "A000000009", "web")
    with pytest.raises(CardRefused, match="blocked already"):
        desk.block("A000000001", "web")
