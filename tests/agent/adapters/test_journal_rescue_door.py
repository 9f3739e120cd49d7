"""Whoever stood at the door when a journal was damaged is known to the next start as by a whole one."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

import pytest

from agent.adapters.journal_rescue import open_journal
from agent.adapters.sqlite_journal import SqliteJournal
from agent.parts import first_state
from agent.ports.journal import Start
from agent.wire.records import ByHand, Party, Stamp
from tests.agent.adapters.damaged import PAGE, Files, QuickJournal, visit
from tests.agent.core.visitors import RULES, Door, card, drafts, signals
from tests.agent.examples import ANNA, LIST_KEY, TODAY, answered, moment

KEY: Final = LIST_KEY.card_key(ANNA)
LAST: Final = 88
"""The number of the last visit, whose bytes are like no other's."""
DoorTable = Literal["open_scan", "unshown_hand", "last_green"]


def left_without_a_light(journal: SqliteJournal) -> None:
    journal.append(visit(LAST), KEY)


def left_green(journal: SqliteJournal) -> None:
    journal.mark_shown(journal.append(visit(LAST), KEY), "green", moment(LAST))


def settled_green(journal: SqliteJournal) -> None:
    ref = journal.append(visit(LAST), KEY)
    journal.mark_shown(ref, "green", moment(LAST))
    answered(journal, ref, 2)
    journal.digest(TODAY, moment(LAST + 1))  # is no other visitor


def sent_to_the_staff(journal: SqliteJournal) -> None:
    ref = journal.append(visit(LAST), KEY)
    journal.mark_shown(ref, "staff", moment(LAST))
    journal.settle(ref)
    answered(journal, journal.append(visit(LAST + 20), 7), 0)  # another visitor, while the staff come


def let_in(journal: SqliteJournal) -> None:
    hand = ByHand(seq=0, adopts=None, party=Party(), reason="known", venue="v-102", clock=stamp())
    journal.add(hand, key=KEY)


def let_in_green(journal: SqliteJournal) -> None:
    hand = ByHand(seq=0, adopts=None, party=Party(), reason="known", venue="v-102", clock=stamp())
    journal.mark_shown(journal.add(hand, key=KEY), "green", moment(LAST))


def stamp() -> Stamp:
    return moment(LAST).stamp()


ENDS: Final = (left_without_a_light, left_green, settled_green, let_in, let_in_green)


def written(path: Path, end: Callable[[SqliteJournal], None], *, restarts: int = 0) -> Files:
    """Two starts with visits, of which the last ends so; then openings alone."""
    journal = QuickJournal(path)
    with journal.together():
        for number in range(2):
            journal.start(moment(number), "serial-1", "start")
            for at in range(12):
                answered(journal, journal.append(visit(at + 20 * number), 7), 0)
        end(journal)
        for number in range(restarts):
            journal.start(moment(LAST + 1 + number / 10), "serial-1", "crash")
    journal.close()
    return Files.of(path)


def started(path: Path) -> Start:
    journal = open_journal(path)
    start = journal.start(moment(LAST + 2), "serial-1", "crash")
    journal.close()
    return start


def at_the_door(start: Start) -> tuple[object, ...]:
    return start.open, start.hand, start.green, start.refused


def pages_of(path: Path, stamped: str) -> set[int]:
    """Where the door's tables are, and what holds the last visitor's record."""
    with closing(sqlite3.connect(path)) as connection:
        roots = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name IN"
            " ('open_scan', 'unshown_hand', 'last_green', 'last_refused')"
        ).fetchall()
    content = path.read_bytes()
    return {root for (root,) in roots} | {
        at // PAGE + 1 for at in range(0, len(content), PAGE) if stamped.encode() in content[at : at + PAGE]
    }


@pytest.mark.parametrize("end", [*ENDS, sent_to_the_staff])
@pytest.mark.parametrize("restarts", [0, 1])
def test_a_damaged_page_where_nothing_of_the_last_visitor_stands_costs_nothing_of_them(
    tmp_path: Path, end: Callable[[SqliteJournal], None], restarts: int
) -> None:
    files = written(tmp_path / "journal.db", end, restarts=restarts)
    theirs = pages_of(tmp_path / "journal.db", f'"boottime_ms":{LAST}000')
    whole = at_the_door(started(files.lay(tmp_path / "whole")))
    assert restarts or any(whole)
    chance = random.Random(1)  # noqa: S311  (no secret)
    for page in range(1, len(files.file) // PAGE + 1):
        content = bytes(PAGE) if page % 2 else chance.randbytes(PAGE)
        after = at_the_door(started(files.with_page(page, content).lay(tmp_path / "damaged")))
        if page in theirs:
            assert all(one in (None, before) for one, before in zip(after, whole, strict=True)), page
        else:
            assert after == whole, page


@pytest.mark.parametrize("end", ENDS)
def test_the_same_card_after_a_rescue_is_the_same_visit(
    tmp_path: Path, end: Callable[[SqliteJournal], None]
) -> None:
    files = written(tmp_path / "journal.db", end)
    page = files.file.index(b'"seq":3,') // PAGE + 1
    now = moment(LAST + 2)
    start = started(files.with_page(page, bytes(PAGE)).lay(tmp_path / "damaged"))
    assert (tmp_path / "damaged" / "journal.db.damaged-1").exists()
    door = Door(replace(first_state(start, now, RULES), started=True, digested=TODAY))
    actions = door.on(card(ANNA, LAST + 3))
    assert (drafts(actions), [*signals(actions)][:1]) == ([], ["accepted"])


def test_a_scan_that_waits_for_its_light_is_not_sent_before_it(tmp_path: Path) -> None:
    files = written(tmp_path / "journal.db", left_without_a_light)
    journal = open_journal(files.with_page(1, bytes(PAGE)).lay(tmp_path / "damaged"))
    waiting = dict(journal.waiting())
    start = journal.start(moment(LAST + 2), "serial-1", "start")
    assert start.open is not None
    assert start.open.ref.seq == 13
    assert waiting[start.open.ref.epoch] == 13
    journal.mark_shown(start.open.ref, "green", moment(LAST + 3))
    answered(journal, start.open.ref, 1)
    assert dict(journal.waiting())[start.open.ref.epoch] == 14
    journal.close()
