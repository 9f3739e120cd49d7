"""An import that is undone leaves the register as it was, and every kiosk gets to know."""

import random
from typing import Any

import pytest
from sqlalchemy import select

from server.adapters.card_undo import CardUndo
from server.adapters.database import Database
from server.adapters.tables import cards
from server.domain.history import Wish
from server.domain.undoing import UndoRefused
from tests.server.cards import NOW, card, import_cards
from tests.server.kiosk import LIST_KEY
from tests.server.list_client import ListClient


def undo(database: Database, import_id: int | None) -> int:
    assert import_id is not None
    return CardUndo(database, lambda: NOW).undo(import_id, "cli")


def register(database: Database) -> dict[int, tuple[Any, ...]]:
    """What each card is, without its revision; one that never was is as good as none."""
    columns = [column for column in cards.c if column.name not in ("id", "key", "revision")]
    with database.reading() as connection:
        rows = connection.execute(select(cards.c.key, *columns).where(cards.c.status != "undone"))
        return {key: tuple(rest) for key, *rest in rows}


@pytest.mark.parametrize("seed", range(4))
def test_every_card_is_what_it_was_before(database: Database, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  (a seed)
    client = ListClient(database)
    for _ in range(6):
        before = register(database)
        wanted = [
            card(number, status=chance.choice(["active", "blocked", None]), distributor=chance.choice("AB"))
            for number in chance.sample(range(60), 25)
        ]
        done = import_cards(database, LIST_KEY, wanted, chance.choice([Wish(), Wish("withdraw")]))
        assert client.is_whole(client.follow())
        if chance.random() < 0.6:
            assert undo(database, done.import_id) == done.new + done.changed + done.withdrawn
            assert register(database) == before
            assert client.is_whole(client.follow())


def test_a_card_that_came_with_it_is_gone_for_kiosks_and_its_code_is_forgotten(database: Database) -> None:
    done = import_cards(database, LIST_KEY, map(card, range(3)))
    client = ListClient(database)
    assert client.row("A000000001").status == "active"
    undo(database, done.import_id)
    row = client.row("A000000001")
    assert (row.status, row.kind, row.max_children, row.first_day) == ("gone", "personal", 0, row.last_day)
    with database.reading() as connection:
        assert connection.scalars(select(cards.c.code)).all() == [None, None, None]


def test_a_mended_file_brings_the_same_cards_once_more(database: Database) -> None:
    undo(database, import_cards(database, LIST_KEY, map(card, range(3))).import_id)
    again = import_cards(database, LIST_KEY, [card(number, distributor="Mielitiimi") for number in range(4)])
    assert (again.new, again.changed) == (4, 0)
    assert ListClient(database).row("A000000001").status == "active"
    undo(database, again.import_id)
    assert ListClient(database).row("A000000001").status == "gone"


def test_an_undone_card_is_no_card_of_its_distributor(database: Database) -> None:
    undo(database, import_cards(database, LIST_KEY, map(card, range(3))).import_id)
    assert import_cards(database, LIST_KEY, [card(9)]).gone == 0


def test_what_came_after_stands_in_the_way_and_is_counted(database: Database) -> None:
    first = import_cards(database, LIST_KEY, map(card, range(10)))
    later = import_cards(database, LIST_KEY, [card(n, status="blocked") for n in (1, 2)])
    before = register(database)
    with pytest.raises(UndoRefused, match="2 of its cards were changed after it") as raised:
        undo(database, first.import_id)
    assert (raised.value.name, raised.value.cards) == ("touched", 2)
    assert register(database) == before
    assert undo(database, later.import_id) == 2


def test_an_import_of_many_chunks_is_undone_whole(database: Database) -> None:
    done = import_cards(database, LIST_KEY, map(card, range(5_000)))
    assert undo(database, done.import_id) == 5_000
    client = ListClient(database, limit=10_000)
    assert client.is_whole(client.follow())
    assert register(database) == {}


def test_an_import_without_changes_is_undone_without_any(database: Database) -> None:
    import_cards(database, LIST_KEY, map(card, range(3)))
    again = import_cards(database, LIST_KEY, map(card, range(3)))
    assert undo(database, again.import_id) == 0
    with pytest.raises(UndoRefused, match="undone already"):
        undo(database, again.import_id)
