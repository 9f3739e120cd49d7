"""A real file on a disk that is full, read-only, locked for seconds: nothing green, and healed by itself."""

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any, Final

import pytest

from agent.adapters.sqlite_journal import SqliteJournal
from agent.core.actions import Ref, Signal
from agent.core.moment import Moment
from agent.core.reads import Read
from agent.core.state import Writing
from agent.ports.journal import JournalError
from agent.wire.records import Scan, Shown
from tests.agent.examples import ANNA, CECILIA
from tests.agent.twins import Door, at_work

ENOUGH_PAGES: Final = 100_000


@dataclass
class Disk:
    """The file of a kiosk, and what may befall it."""

    path: Path
    journal: SqliteJournal

    def numbers(self) -> list[int]:
        with closing(sqlite3.connect(self.path)) as reader:
            return [seq for (seq,) in reader.execute("SELECT seq FROM records ORDER BY ordinal, seq")]

    def scans(self) -> list[dict[str, Any]]:
        """As another program reads them, in order."""
        with closing(sqlite3.connect(self.path)) as reader:
            bodies = reader.execute("SELECT body FROM records ORDER BY ordinal, seq").fetchall()
        return [record for (body,) in bodies if (record := json.loads(body))["type"] == "scan/1"]

    def shown(self) -> list[str | None]:
        return [scan["shown"] for scan in self.scans()]

    def is_full(self) -> None:
        pages = self._pragma("page_count")
        self._pragma(f"max_page_count = {pages}")

    def has_room(self) -> None:
        self._pragma(f"max_page_count = {ENOUGH_PAGES}")

    def is_read_only(self) -> None:
        self._pragma("query_only = ON")

    def is_writable(self) -> None:
        self._pragma("query_only = OFF")

    def held(self) -> sqlite3.Connection:
        """Another program holds the one lock of the writer until the connection is rolled back."""
        other = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        return other

    def waits(self, milliseconds: int) -> None:
        self._pragma(f"busy_timeout = {milliseconds}")

    def _pragma(self, text: str) -> int:
        row = self.journal._sql.execute(f"PRAGMA {text}").fetchone()  # noqa: SLF001  (of this connection alone)
        return int(row[0]) if row else 0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    path = tmp_path / "journal.db"
    with closing(SqliteJournal(path)) as journal:
        yield Disk(path, journal)


def play(disk: Disk, scene: Callable[[Door], Awaitable[None]]) -> Door:
    door = Door(disk=disk.journal)

    async def play() -> None:
        async with at_work(door):
            await scene(door)

    asyncio.run(play())
    return door


async def is_refused(door: Door) -> bool:
    """Somebody shows a card, and is sent to the staff because of the disk."""
    door.clock.advance(31)
    door.eyes.see(Read(ANNA, "qr"))
    await door.until(lambda: door.view in ("accepted", "ask_staff"))
    if door.view == "accepted":
        await door.unanswered("idle", "out_of_order")
        return False
    await door.later(6, "out_of_order")
    return True


def is_writing(door: Door) -> bool:
    return door.at_work is not None and isinstance(door.at_work.state.phase, Writing)


async def visit(door: Door, disk: Disk) -> None:
    """Somebody comes in, and all that is to be written of it is on the disk."""
    before = len(disk.scans())
    door.eyes.see(Read(CECILIA, "qr"))
    await door.shows("accepted")
    await door.until(lambda: disk.shown()[before:] == ["green"])
    await door.unanswered()


FAULTS: Final = {
    "full": (Disk.is_full, Disk.has_room),
    "read-only": (Disk.is_read_only, Disk.is_writable),
}


@pytest.mark.parametrize(("break_it", "mend_it"), FAULTS.values(), ids=FAULTS)
def test_a_disk_that_takes_nothing_asks_the_staff_is_out_of_order_and_heals_by_itself(
    disk: Disk, break_it: Callable[[Disk], None], mend_it: Callable[[Disk], None]
) -> None:
    async def scene(door: Door) -> None:
        await visit(door, disk)
        break_it(disk)
        while not await is_refused(door):  # a full disk has room for a few rows on the pages that it has
            assert len(disk.scans()) < 50
        written, green = len(disk.scans()), list(door.lights.shown).count(Signal.ACCEPTED)
        assert green <= written
        for _ in range(3):
            assert await is_refused(door)
        assert (len(disk.scans()), list(door.lights.shown).count(Signal.ACCEPTED)) == (written, green)
        mend_it(disk)
        await door.later(11, "idle")  # by its own trial: nobody had to show a card
        await visit(door, disk)

    play(disk, scene)
    numbers = disk.numbers()
    assert numbers == list(range(len(numbers)))  # what was not written has used up no number


def test_an_answer_that_the_disk_did_not_take_is_on_it_once_it_works(disk: Disk) -> None:
    async def scene(door: Door) -> None:
        door.eyes.see(Read(ANNA, "qr"))
        await door.shows("accepted")
        await door.until(lambda: disk.shown() == ["green"])
        disk.is_read_only()
        await asyncio.to_thread(door.buttons.press, 2)
        await door.shows("thanks")
        await door.later(5, "out_of_order")
        assert disk.scans()[0]["party"]["children"] is None
        disk.is_writable()
        await door.later(11, "idle")
        await door.until(lambda: disk.scans()[0]["party"]["children"] == 2)

    play(disk, scene)


class BreaksAfterARecord(SqliteJournal):
    """The record is written, what the light said of it is not."""

    def append(self, scan: Scan, key: int, known_utc: datetime | None = None) -> Ref:
        ref = super().append(scan, key, known_utc)
        self._sql.execute("PRAGMA query_only = ON")
        return ref


def test_what_the_light_said_is_on_the_disk_once_it_works(tmp_path: Path) -> None:
    """Whom a slow disk sent to the staff would else be counted, and once more with the next green light."""

    async def scene(door: Door) -> None:
        with closing(broken.held()) as other:
            door.eyes.see(Read(ANNA, "qr"))
            await door.until(lambda: is_writing(door))
            await door.later(3.1, "ask_staff")
            other.execute("ROLLBACK")
        await door.until(lambda: door.at_work is not None and "storage" in door.at_work.state.troubles)
        assert broken.shown() == [None]
        await door.later(16, "out_of_order")
        broken.is_writable()
        await door.later(11, "idle")
        await door.until(lambda: broken.shown() == ["staff"])

    with closing(BreaksAfterARecord(tmp_path / "journal.db")) as journal:
        play(broken := Disk(tmp_path / "journal.db", journal), scene)


class LosesAMark(SqliteJournal):
    """The first mark fails, once ``the_next_is_on_its_way`` says so."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.the_next_is_on_its_way = Event()
        self._lost = False

    def mark_shown(self, ref: Ref, shown: Shown, at: Moment) -> None:
        if not self._lost:
            self._lost = True
            assert self.the_next_is_on_its_way.wait(10)
            raise JournalError("no room for a moment")
        super().mark_shown(ref, shown, at)


def test_a_mark_that_fails_while_the_next_card_is_on_its_way_is_not_too_late(
    tmp_path: Path,
) -> None:
    """Its record would be settled by the next one's without it."""

    async def scene(door: Door) -> None:
        door.eyes.see(Read(ANNA, "qr"))
        await door.shows("accepted")
        await door.unanswered()
        door.eyes.see(Read(CECILIA, "qr"))
        await door.until(lambda: is_writing(door))
        journal.the_next_is_on_its_way.set()
        await door.until(lambda: disk.shown() == ["green", "green"])

    with closing(LosesAMark(tmp_path / "journal.db")) as journal:
        play(disk := Disk(tmp_path / "journal.db", journal), scene)


def test_a_commit_that_takes_five_seconds_sends_to_the_staff_and_the_light_keeps_its_word(disk: Disk) -> None:
    async def scene(door: Door) -> None:
        await visit(door, disk)
        lit = len(door.lights.shown)
        with closing(disk.held()) as other:
            door.eyes.see(Read(ANNA, "qr"))
            await door.until(lambda: is_writing(door))
            await door.later(3.1, "ask_staff")
            assert len(disk.scans()) == 1  # its commit still waits
            door.clock.advance(1.9)
            other.execute("ROLLBACK")
        await door.until(lambda: disk.shown() == ["green", "staff"])
        await door.later(16, "idle")
        assert list(door.lights.shown)[lit:] == [Signal.ASK_STAFF, Signal.READY]
        door.eyes.see(Read(ANNA, "qr"))  # sent to the staff, not let in: a record of its own
        await door.shows("accepted")
        await door.until(lambda: disk.shown() == ["green", "staff", "green"])

    play(disk, scene)


def test_a_disk_that_is_held_for_longer_than_a_commit_waits_heals_when_it_is_let_go(disk: Disk) -> None:
    async def scene(door: Door) -> None:
        disk.waits(50)
        with closing(disk.held()) as other:
            door.eyes.see(Read(ANNA, "qr"))
            await door.shows("ask_staff")
            await door.later(6, "out_of_order")
            assert disk.scans() == []
            other.execute("ROLLBACK")
        await door.later(11, "idle")
        await visit(door, disk)

    door = play(disk, scene)
    assert disk.shown() == ["green"]
    assert list(door.lights.shown).count(Signal.ACCEPTED) == 1
