"""One card at a time on both databases: changed under its own revision, and its history kept."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from agent.wire.card_code import DEFAULT_PATTERN
from server.adapters.card_desk import StoredDesk
from server.adapters.card_tables import card_changes
from server.adapters.card_undo import CardUndo
from server.adapters.database import Database
from server.adapters.fleet_state import list_state_of
from server.adapters.tables import cards
from server.adapters.trials import Trials
from server.domain.desk import CardRefused, CardView
from server.domain.undoing import UndoRefused
from tests.server.cards import NOW, card, import_cards
from tests.server.kiosk import LIST_KEY
from tests.server.list_client import ListClient

CODE, NEW = "A000000001", "A000000100"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def desk(database: Database) -> StoredDesk:
    import_cards(database, LIST_KEY, map(card, range(5)))
    zone = ZoneInfo("Europe/Helsinki")
    return StoredDesk(database, LIST_KEY, re.compile(DEFAULT_PATTERN), zone, Clock())


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(CardRefused) as raised:
        act()
    return raised.value.name


def test_a_card_is_found_as_people_type_it_and_shown_masked(desk: StoredDesk) -> None:
    for typed in (CODE, f" {CODE.lower()}\n", "A 000 000 001"):
        view = desk.find(typed)
        assert (view.masked_code, view.card.status, view.card.distributor) == (
            "A•••••••01",
            "active",
            "Seurakunta",
        )
        assert CODE not in repr(view)
    assert refused(lambda: desk.find("A999999999")) == "not_found"
    assert refused(lambda: desk.find("7")) == "no_code"


def test_each_change_is_one_row_for_every_kiosk_and_one_line_of_the_history(
    desk: StoredDesk, database: Database
) -> None:
    client = ListClient(database)
    client.follow()
    steps: list[tuple[Callable[[], CardView], str, date]] = [
        (lambda: desk.block(CODE, "web"), "blocked", date(2026, 12, 31)),
        (lambda: desk.unblock(CODE, "api"), "active", date(2026, 12, 31)),
        (lambda: desk.renew(CODE, None, "cli"), "active", date(2027, 11, 23)),
        (lambda: desk.renew(CODE, date(2028, 1, 31), "cli"), "active", date(2028, 1, 31)),
        (lambda: desk.withdraw(CODE, "web"), "withdrawn", date(2028, 1, 31)),
    ]
    for act, status, last in steps:
        before = client.since
        view = act()
        assert (view.card.status, view.card.valid_until) == (status, last)
        row = client.row(CODE)
        assert (client.since, row.status, row.last_day) == (before + 1, status, last)
    *changes, first = desk.find(CODE).history
    assert [(entry.what, entry.way) for entry in changes] == [
        ("withdrawn", "web"),
        ("renewed", "cli"),
        ("renewed", "cli"),
        ("unblocked", "api"),
        ("blocked", "web"),
    ]
    assert changes[1].columns == (("valid_until", "2027-11-23", "2028-01-31"),)
    assert changes[-1].columns == (("status", "active", "blocked"),)
    assert (first.what, first.import_id, first.way, first.at) == ("imported", 1, "cli", NOW)


def test_a_change_that_is_refused_leaves_no_trace(desk: StoredDesk, database: Database) -> None:
    client = ListClient(database)
    before = client.follow().upto
    assert refused(lambda: desk.unblock(CODE, "web")) == "not_blocked"
    assert refused(lambda: desk.renew(CODE, date(2026, 2, 1), "web")) == "not_later"
    assert refused(lambda: desk.replace(CODE, "A000000002", "web")) == "new_not_later"
    assert refused(lambda: desk.replace(CODE, CODE.lower(), "web")) == "same_code"
    assert client.follow().upto == before
    with database.reading() as connection:
        assert connection.execute(select(card_changes.c.id)).all() == []


def test_each_change_is_told_after_its_commit_and_a_refused_one_is_not(database: Database) -> None:
    import_cards(database, LIST_KEY, map(card, range(3)))
    told: list[int] = []

    def changed() -> None:
        with database.reading() as connection:
            told.append(list_state_of(connection).revision)

    desk = StoredDesk(
        database, LIST_KEY, re.compile(DEFAULT_PATTERN), ZoneInfo("Europe/Helsinki"), Clock(), changed
    )
    desk.block("A000000001", "api")
    desk.replace("A000000002", "A000000009", "api")
    assert refused(lambda: desk.block("A000000001", "api"))
    assert told == [4, 6]


def test_a_trial_bounds_a_renewal(desk: StoredDesk, database: Database) -> None:
    Trials(database, UTC, lambda: NOW).set("Rovaniemi", date(2027, 3, 31), "cli")
    assert desk.renew(CODE, None, "cli").card.valid_until == date(2027, 3, 31)


def test_a_new_card_takes_the_place_of_a_lost_one(desk: StoredDesk, database: Database) -> None:
    desk.renew(CODE, date(2027, 5, 1), "cli")
    desk.block(CODE, "web")
    new = desk.replace(CODE, NEW, "web")
    assert (new.card.status, new.card.valid_until, new.card.max_children) == ("active", date(2027, 5, 1), 1)
    client = ListClient(database)
    assert (client.row(CODE).status, client.row(NEW).status) == ("blocked", "active")
    assert client.row(NEW).first_day == date(2026, 1, 1)
    old = desk.find(CODE)
    assert (old.is_replaced, old.holder_cards, new.holder_cards) == (True, 2, 2)
    assert desk.find(NEW).history == old.history
    assert [(entry.what, entry.masked_code) for entry in old.history] == [
        ("replacement", "A•••••••00"),
        ("replaced", "A•••••••01"),
        ("blocked", "A•••••••01"),
        ("renewed", "A•••••••01"),
        ("imported", "A•••••••01"),
    ]
    assert refused(lambda: desk.unblock(CODE, "web")) == "was_replaced"
    assert refused(lambda: desk.replace(CODE, "A000000101", "web")) == "was_replaced"


def test_all_cards_of_a_person_have_one_holder(desk: StoredDesk, database: Database) -> None:
    codes = [CODE, NEW, "A000000101", "A000000102"]
    for old, new in pairwise(codes):
        desk.replace(old, new, "cli")
    with database.reading() as connection:
        rows = connection.execute(select(cards.c.holder, cards.c.id).where(cards.c.code.in_(codes))).all()
        others = connection.scalars(select(cards.c.holder).where(cards.c.code.not_in(codes))).all()
    assert {holder for holder, _ in rows} == {min(identifier for _, identifier in rows)}
    assert set(others) == {None}
    assert desk.find(CODE).holder_cards == 4


def test_the_distributors_next_file_does_not_bring_the_lost_card_back(
    desk: StoredDesk, database: Database
) -> None:
    desk.replace(CODE, NEW, "cli")
    import_cards(database, LIST_KEY, map(card, range(5)))
    assert ListClient(database).row(CODE).status == "blocked"


def test_a_code_whose_import_was_undone_may_take_a_place(desk: StoredDesk, database: Database) -> None:
    later = import_cards(database, LIST_KEY, [card(100)])
    assert later.import_id is not None
    CardUndo(database, lambda: NOW).undo(later.import_id, "cli")
    assert refused(lambda: desk.find(NEW)) == "not_found"
    desk.replace(CODE, NEW, "cli")
    assert desk.find(NEW).holder_cards == 2
    assert ListClient(database).row(NEW).status == "active"


def test_an_import_whose_card_was_replaced_is_not_undone(desk: StoredDesk, database: Database) -> None:
    desk.replace(CODE, NEW, "cli")
    with pytest.raises(
        UndoRefused,
        match="A•••••••01: status active → blocked, replaced",
    ):
        CardUndo(database, lambda: NOW).undo(1, "cli")
