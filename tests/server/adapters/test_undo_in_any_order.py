"""Imports are undone in any order: the register is what those that stand, and people, have made of it."""

import random
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from server.adapters.database import Database
from server.adapters.keeping_tables import earlier_issues
from server.adapters.tables import cards
from server.domain.desk import CardRefused
from server.domain.history import Wish
from server.domain.register import RegisterCard
from server.domain.undoing import UndoRefused
from tests.server.adapters.test_card_undo import undo
from tests.server.cards import card, desk_of, import_cards
from tests.server.kiosk import LIST_KEY
from tests.server.list_client import ListClient
from tests.stories import TIMES

CARDS = range(1, 3)
LATECOMER = 3
"""A card that the first list does not have."""
ACTS = 5
ANYHOW = Wish(shorten=True, reopen=True)
NAMES = ("distributor_id", "issued_on", "valid_until", "max_children", "status")

Register = dict[int, dict[str, Any]]


def register(database: Database) -> Register:
    """Each card by the number in its code."""
    with database.reading() as connection:
        rows = connection.execute(select(cards.c.code, *(cards.c[name] for name in NAMES))).mappings()
        return {int(row["code"][1:]): {name: row[name] for name in NAMES} for row in rows if row["code"]}


def blocked_and_opened(database: Database, *, by_hand: bool = False) -> list[int | None]:
    """A card is shut, opened by the second last import, and shut by the last one."""
    done = [import_cards(database, LIST_KEY, [card(1)]).import_id]
    if by_hand:
        desk_of(database).block("A000000001", "cli")
    else:
        done.append(import_cards(database, LIST_KEY, [card(1, status="blocked")]).import_id)
    done.append(import_cards(database, LIST_KEY, [card(1)], ANYHOW).import_id)
    done.append(import_cards(database, LIST_KEY, [card(1, status="blocked")]).import_id)
    return done


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_card_is_not_opened_by_the_word_of_a_list_that_was_taken_back(
    database: Database, by_hand: bool
) -> None:
    *_, opened, shut = blocked_and_opened(database, by_hand=by_hand)
    undo(database, opened)
    undo(database, shut)
    assert register(database)[1]["status"] == "blocked"


def test_a_card_is_not_brought_back_as_a_list_had_it_that_was_taken_back(database: Database) -> None:
    import_cards(database, LIST_KEY, [card(1)])
    import_cards(database, LIST_KEY, [card(1, status="withdrawn")])
    shut = import_cards(database, LIST_KEY, [card(1, status="blocked")], ANYHOW)
    undo(database, shut.import_id)
    assert register(database)[1]["status"] == "withdrawn"
    assert desk_of(database).reinstate("A000000001", "cli").card.status == "active"


def test_what_the_desk_shut_stays_shut_when_the_list_that_opened_it_was_taken_back(
    database: Database,
) -> None:
    *_, opened, _ = blocked_and_opened(database, by_hand=True)
    undo(database, opened)
    again = import_cards(database, LIST_KEY, [card(1)])
    assert (again.reopening.kept, register(database)[1]["status"]) == (1, "blocked")


def test_a_last_day_is_the_desk_s_when_the_list_that_shortened_it_was_taken_back(database: Database) -> None:
    import_cards(database, LIST_KEY, [card(1)])
    until = desk_of(database).renew("A000000001", None, "cli").card.valid_until
    short = import_cards(database, LIST_KEY, [card(1)], ANYHOW)
    import_cards(database, LIST_KEY, [card(1, valid_until=until)], ANYHOW)
    undo(database, short.import_id)
    again = import_cards(database, LIST_KEY, [card(1)])
    assert (again.older.kept, register(database)[1]["valid_until"]) == (1, until)


@pytest.mark.parametrize(
    "other", [{"distributor": "Mielitiimi"}, {"valid_until": date(2026, 6, 30)}, {"max_children": 4}]
)
def test_a_card_gets_no_day_and_no_distributor_of_a_list_that_was_taken_back(
    database: Database, other: dict[str, Any]
) -> None:
    import_cards(database, LIST_KEY, [card(1)])
    before = register(database)
    away = import_cards(database, LIST_KEY, [replace(card(1), **other)], ANYHOW)
    back = import_cards(database, LIST_KEY, [card(1)], ANYHOW)
    undo(database, away.import_id)
    undo(database, back.import_id)
    assert register(database) == before


def test_a_card_that_no_list_has_any_more_is_not_brought_back_by_what_the_desk_did_to_it(
    database: Database,
) -> None:
    import_cards(database, LIST_KEY, [card(2)])
    lists = [card(1), replace(card(1), distributor="Mielitiimi"), card(1)]
    for number, row in enumerate(lists):
        done = import_cards(database, LIST_KEY, [row])
        if number == 1:
            desk_of(database).block("A000000001", "cli")
            desk_of(database).unblock("A000000001", "cli")
        undo(database, done.import_id)
        assert register(database).keys() == {2}


@dataclass(frozen=True)
class Act:
    """What it said of which cards, so already or not; and the import that can be undone."""

    said: Register
    brought: Collection[int] = ()
    import_id: int | None = None


class Story:
    def __init__(self, database: Database, seed: int) -> None:
        self.database = database
        self.chance = random.Random(seed)  # noqa: S311  (a seed)
        self.lists = {number: replace(card(number), distributor="A") for number in CARDS}
        self.acts = [self._listed(self.lists.values())]

    def act(self) -> None:
        self.acts.append(self._by_hand() if self.chance.random() < 0.15 else self._by_list())

    def _by_list(self) -> Act:
        some = self.chance.sample([*CARDS, LATECOMER], 2)
        self.lists.setdefault(LATECOMER, replace(card(LATECOMER), distributor="A"))
        if self.chance.random() < 0.7:  # else it repeats what lists have said before
            self.lists |= {number: self._changed(self.lists[number]) for number in some}
        return self._listed([self.lists[number] for number in some])

    def _listed(self, rows: Collection[RegisterCard]) -> Act:
        before = register(self.database)
        import_id = import_cards(self.database, LIST_KEY, rows, ANYHOW).import_id
        after = register(self.database)
        columns = {
            int(row.code.reveal()[1:]): {"distributor_id"}
            | {name for name in NAMES[1:] if getattr(row, name) is not None}
            for row in rows
        }
        said = {
            number: {name: after[number][name] for name in (NAMES if number not in before else theirs)}
            for number, theirs in columns.items()
        }
        return Act(said, columns.keys() - before.keys(), import_id)

    def _changed(self, one: RegisterCard) -> RegisterCard:
        column: dict[str, Any] = self.chance.choice(
            [
                {"status": "blocked"},
                {"status": "blocked"},
                {"status": "active"},
                {"status": "active"},
                {"distributor": self.chance.choice("AB")},
                {"valid_until": date(2026, 12, 31) + timedelta(days=self.chance.choice([0, 9]))},
            ]
        )
        return replace(one, **column)

    def _by_hand(self) -> Act:
        desk, number = desk_of(self.database), self.chance.choice([*CARDS, LATECOMER])
        acts: list[Callable[[str, Any], object]] = [desk.block, desk.unblock]
        try:
            self.chance.choice(acts)(f"A{number:09d}", "cli")
        except CardRefused:
            return Act({})
        return Act({number: {"status": register(self.database)[number]["status"]}})

    def undo_some(self, gone: set[int]) -> None:
        """One after the other, as far as each can be, with the register beside what stands."""
        left = [act.import_id for act in self.acts if act.import_id is not None and act.import_id not in gone]
        self.chance.shuffle(left)
        for number in left:
            try:
                undo(self.database, number)
            except UndoRefused:
                continue
            gone.add(number)
            assert register(self.database) == self.stands(gone)

    def stands(self, gone: Collection[int]) -> Register:
        found: Register = {}
        for act in self.acts:
            if act.import_id not in gone:
                for number, columns in act.said.items():
                    if number in act.brought:
                        found[number] = dict(columns)
                    elif number in found:
                        found[number] |= columns
                    else:
                        assert act.import_id is None, "only the desk's word goes with the card"
        return found


@pytest.mark.parametrize("seed", range(6 * TIMES))
def test_the_register_is_what_the_imports_that_stand_have_made_of_it(database: Database, seed: int) -> None:
    story = Story(database, seed)
    gone = set[int]()
    for _ in range(2):
        for _ in range(ACTS):
            story.act()
        story.undo_some(gone)
        story.undo_some(gone)
    client = ListClient(database)
    assert client.is_whole(client.follow())


def earlier(database: Database) -> list[tuple[date, int | None]]:
    with database.reading() as connection:
        rows = connection.execute(select(earlier_issues.c.issued_on, earlier_issues.c.import_id))
        return sorted((on, number) for on, number in rows)


def test_no_issue_stays_that_an_undone_list_alone_had_said(database: Database) -> None:
    one, wrong = card(1), replace(card(1), issued_on=date(2025, 5, 1))
    import_cards(database, LIST_KEY, [one])
    away = import_cards(database, LIST_KEY, [wrong], ANYHOW)
    back = import_cards(database, LIST_KEY, [one], ANYHOW)
    assert earlier(database) == [(wrong.issued_on, back.import_id), (one.issued_on, away.import_id)]
    undo(database, away.import_id)
    assert earlier(database) == []


def test_an_issue_that_another_list_had_said_before_stays(database: Database) -> None:
    old, new = replace(card(1), issued_on=date(2025, 5, 1)), card(1)
    import_cards(database, LIST_KEY, [old])
    import_cards(database, LIST_KEY, [new], ANYHOW)
    away = import_cards(database, LIST_KEY, [old], ANYHOW)
    import_cards(database, LIST_KEY, [new], ANYHOW)
    undo(database, away.import_id)
    assert [on for on, _ in earlier(database)] == [old.issued_on]
