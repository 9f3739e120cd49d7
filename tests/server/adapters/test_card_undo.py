"""An import that is undone leaves the register as it was, and every kiosk gets to know."""

import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from agent.wire.card_code import CardCode
from server.adapters.card_undo import CardUndo
from server.adapters.database import Database
from server.adapters.erased import mark_erased
from server.adapters.tables import cards
from server.domain.desk import CardRefused
from server.domain.history import Wish
from server.domain.register import RegisterCard
from server.domain.undoing import InTheWay, UndoRefused
from server.domain.uploads import Step
from tests.server.cards import NOW, card, desk_of, import_cards
from tests.server.kiosk import LIST_KEY
from tests.server.list_client import ListClient


def undo(database: Database, import_id: int | None) -> int:
    assert import_id is not None
    return CardUndo(database, lambda: NOW).undo(import_id, "cli")


def new_card(number: int) -> RegisterCard:
    return replace(card(number), issued_on=date(2026, 11, 1))


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
        done = import_cards(
            database, LIST_KEY, wanted, chance.choice([Wish(), Wish("withdraw", withdraw_most=True)])
        )
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


@pytest.mark.parametrize("seed", range(3))
def test_a_chain_of_imports_is_unrolled_to_its_beginning(database: Database, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  (a seed)
    steps = []
    for _ in range(5):
        before = register(database)
        wanted = [
            card(number, status=chance.choice(["active", "blocked", None]), distributor=chance.choice("AB"))
            for number in chance.sample(range(30), 12)
        ]
        done = import_cards(
            database, LIST_KEY, wanted, chance.choice([Wish(), Wish("withdraw", withdraw_most=True)])
        )
        steps.append((done, before))
    for done, before in reversed(steps):
        assert undo(database, done.import_id) == done.new + done.changed + done.withdrawn
        assert register(database) == before
    client = ListClient(database)
    assert client.is_whole(client.follow())


def test_what_was_done_and_taken_back_does_not_stand_in_the_way(database: Database) -> None:
    done = import_cards(database, LIST_KEY, map(card, range(5)))
    desk = desk_of(database)
    desk.block("A000000001", "web")
    desk.unblock("A000000001", "web")
    desk.withdraw("A000000002", "web")
    desk.reinstate("A000000002", "web")
    later = import_cards(database, LIST_KEY, [card(3, distributor="Mielitiimi")])
    undo(database, later.import_id)
    assert undo(database, done.import_id) == 5
    assert register(database) == {}


def in_its_way(database: Database, import_id: int | None) -> list[str]:
    """Codes' ends of cards that are as it left them, by a later word."""
    with pytest.raises(UndoRefused, match="by a later word") as raised:
        undo(database, import_id)
    assert all(one.was_decided and not one.columns for one in raised.value.examples)
    return sorted(one.masked_code[-2:] for one in raised.value.examples)


def test_a_card_that_was_shut_anew_is_not_opened_by_an_undo(database: Database) -> None:
    import_cards(database, LIST_KEY, map(card, range(1, 6)))
    stopped = import_cards(database, LIST_KEY, [card(n, status="blocked") for n in range(1, 6)])
    desk = desk_of(database)
    for number in (1, 2):
        desk.unblock(f"A00000000{number}", "web")
    desk.block("A000000001", "web")  # lost now
    import_cards(database, LIST_KEY, [card(2, status="blocked")])
    desk.withdraw("A000000003", "web")
    desk.reinstate("A000000003", "web")
    assert in_its_way(database, stopped.import_id) == ["01", "02", "03"]
    desk.unblock("A000000001", "web")
    desk.unblock("A000000002", "web")
    desk.unblock("A000000003", "web")
    assert undo(database, stopped.import_id) == 5, "they are already what it would make of them"
    assert {row[5] for row in register(database).values()} == {"active"}


def test_a_withdrawal_that_was_taken_back_is_undone_already(database: Database) -> None:
    import_cards(database, LIST_KEY, map(card, range(1, 4)))
    gone = import_cards(database, LIST_KEY, [card(1), new_card(9)], Wish("withdraw", withdraw_most=True))
    desk_of(database).reinstate("A000000002", "web")
    assert undo(database, gone.import_id) == 3
    assert gone.withdrawn == 2


def test_a_card_that_a_later_list_has_is_not_undone_away(database: Database) -> None:
    first = import_cards(database, LIST_KEY, map(card, range(1, 4)))
    import_cards(database, LIST_KEY, [card(1, status="blocked")])
    import_cards(database, LIST_KEY, [card(1)])
    desk = desk_of(database)
    desk.block("A000000002", "web")
    desk.unblock("A000000002", "web")
    assert in_its_way(database, first.import_id) == ["01"]


def test_a_card_that_is_shut_by_hand_as_its_list_had_it_is_not_undone_away(database: Database) -> None:
    """Gone from the list it would be a card like any that kiosks do not know, and most let those in."""
    first = import_cards(database, LIST_KEY, [card(1, status="blocked"), card(2, status="blocked")])
    desk = desk_of(database)
    desk.unblock("A000000001", "web")
    desk.block("A000000001", "web")
    assert in_its_way(database, first.import_id) == ["01"]


def test_a_code_that_was_erased_after_its_import_was_undone_stays_erased(database: Database) -> None:
    first = import_cards(database, LIST_KEY, map(card, range(1, 4)))
    undo(database, first.import_id)
    with database.writing() as connection:
        mark_erased(connection, [(CardCode("A000000001"), None)])
    again = import_cards(database, LIST_KEY, map(card, range(1, 4)))
    assert (again.new, again.erased) == (2, 1)
    undo(database, again.import_id)
    import_cards(database, LIST_KEY, [card(2)])
    with pytest.raises(CardRefused, match="belongs to another card"):
        desk_of(database).replace("A000000002", "A000000001", "web")


def test_a_card_that_was_replaced_stands_in_the_way_though_it_is_what_it_was(database: Database) -> None:
    first = import_cards(database, LIST_KEY, map(card, range(3)))
    later = import_cards(
        database, LIST_KEY, [card(1, status="blocked"), card(2, status="blocked"), new_card(7)]
    )
    desk = desk_of(database)
    desk.replace("A000000001", "A000000009", "web")
    desk.replace("A000000002", "A000000007", "web")
    with pytest.raises(UndoRefused) as raised:
        undo(database, later.import_id)
    assert [(one.masked_code[-2:], one.columns, one.was_replaced) for one in raised.value.examples] == [
        ("01", (), True),
        ("02", (), True),
        ("07", (), True),
    ]
    with pytest.raises(UndoRefused, match="2 of its cards"):
        undo(database, first.import_id)


def test_a_card_that_was_erased_stands_in_the_way_for_it_goes_on_counting(database: Database) -> None:
    done = import_cards(database, LIST_KEY, map(card, range(4)))
    desk_of(database).erase("A000000001", "web")
    desk_of(database).block("A000000002", "web")
    with pytest.raises(UndoRefused, match=r"2 of its cards .*A•••••••02: .*; erased on request: 1") as raised:
        undo(database, done.import_id)
    assert (raised.value.cards, raised.value.erased, len(raised.value.examples)) == (2, 1, 1)
    assert str(raised.value).endswith("import a corrected list instead."), "no other undo would help"


def test_many_that_differ_are_counted_and_the_first_are_named(database: Database) -> None:
    first = import_cards(database, LIST_KEY, map(card, range(2_500)))
    import_cards(database, LIST_KEY, [card(n, status="blocked") for n in range(2_400)])
    with pytest.raises(UndoRefused) as raised:
        undo(database, first.import_id)
    assert (raised.value.cards, len(raised.value.examples)) == (2_400, 20)


def test_an_undo_tells_how_far_it_is(database: Database) -> None:
    done = import_cards(database, LIST_KEY, map(card, range(2_100)))
    desk_of(database).block("A000000001", "web")
    desk_of(database).unblock("A000000001", "web")
    told: list[Step] = []
    assert done.import_id is not None
    CardUndo(database, lambda: NOW).undo(done.import_id, "web", told.append)
    assert told == [Step("undoing", rows, 2_100) for rows in (1, 2_001, 2_100)]


def test_what_came_after_stands_in_the_way_and_is_counted(database: Database) -> None:
    first = import_cards(database, LIST_KEY, map(card, range(10)))
    later = import_cards(database, LIST_KEY, [card(n, status="blocked") for n in (1, 2)])
    before = register(database)
    with pytest.raises(UndoRefused, match="2 of its cards are no longer as it left them, or") as raised:
        undo(database, first.import_id)
    assert (raised.value.name, raised.value.cards) == ("differ", 2)
    assert register(database) == before
    (one, _) = sorted(raised.value.examples, key=lambda one: one.masked_code)
    assert later.import_id is not None
    assert one == InTheWay(
        "A•••••••01", (("status", "active", "blocked"),), was_replaced=False, repeated_by=later.import_id
    ), "and it is said which import it was"
    assert undo(database, later.import_id) == 2
    assert undo(database, first.import_id) == 10


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
