"""In whatever order a kiosk's records come in, and in however many pieces, its visits get the same times."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from agent.wire.messages import ClockPair, Records
from agent.wire.records import Record, Stamp
from server.adapters.migrate import open_database
from server.adapters.record_tables import epochs, records, visits
from tests.server.adapters.test_dating import at
from tests.server.kiosk import LONG_AGO, NOW, batch, epoch, follows, opened, pair, scan
from tests.server.stored_fleet import Fleet
from tests.stories import stories

DAY: Final = timedelta(days=1)
CALENDARS: Final[dict[str, tuple[timedelta | None, ...]]] = {
    "right": (timedelta(0),),
    "never set": (None,),
    "a day back": (-DAY,),
    "a day ahead": (DAY,),
    "put right": (None, -DAY, timedelta(0)),
    "set wrong": (timedelta(0), None, DAY),
}
"""By how much a boot's calendar is off, record by record, and then as last; ``None`` where it was not set."""

Sent = tuple[Records, datetime]
"""A piece of a kiosk's books, and when it came."""
Dated = dict[tuple[str, int], tuple[str, datetime]]


class Row(NamedTuple):
    boot: str
    ms: int
    off: timedelta | None
    true: datetime


def stamp_of(row: Row) -> Stamp:
    wall = LONG_AGO if row.off is None else row.true + row.off
    return Stamp(boot_id=row.boot, boottime_ms=row.ms, wall_utc=wall, synced=row.off is not None)


@st.composite
def books(draw: st.DrawFn) -> list[Sent]:
    """Of two to four boots with a start or two each; the last one is heard as it writes."""
    now, number, last, sent = NOW - 6 * DAY, 0, 0, []
    boots = draw(st.integers(2, 4))
    for boot in range(boots):
        now += timedelta(hours=draw(st.sampled_from((0.01, 1, 5, 20))))
        began = now
        offs = CALENDARS["right" if boot == boots - 1 else draw(st.sampled_from(sorted(CALENDARS)))]
        how = "heard" if boot == boots - 1 else draw(st.sampled_from(("heard", "remembered", "unheard")))
        written = 0
        for _ in range(draw(st.integers(1, 2))):
            number += 1
            rows: list[Record] = []
            for seq in range(draw(st.integers(1, 3))):
                ms = round((now - began) / timedelta(milliseconds=1))
                clock = stamp_of(Row(f"boot-{boot}", ms, offs[min(written, len(offs) - 1)], now))
                opening = follows(number - 1, last) if number > 1 else opened()
                rows.append(at(opening, clock) if seq == 0 else scan(seq, clock=clock))
                now += timedelta(minutes=draw(st.sampled_from((1, 30, 120))))
                written += 1
            last = len(rows) - 1
            own = pair(now, boot=f"boot-{boot}", boottime_ms=round((now - began) / timedelta(milliseconds=1)))
            size = draw(st.integers(1, 3))
            for first in range(0, len(rows), size):
                piece = batch(rows[first : first + size], number=number, first=first, clock=own)
                sent.append((piece, now) if how == "heard" else (_by_the_next(piece, own, how), NOW))
    return sent


def _by_the_next(piece: Records, own: ClockPair, how: str) -> Records:
    """Sent by another boot, that was heard, with or without what a receipt once said of this one."""
    theirs = pair(NOW, boot="of now", boottime_ms=1_000)
    remembered = msgspec.structs.replace(own, source="server") if how == "remembered" else msgspec.UNSET
    return msgspec.structs.replace(piece, clock=theirs, heard=remembered)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    path: Path = tmp_path_factory.mktemp("any-order") / "fleet.db"
    with open_database(f"sqlite:///{path}") as database:
        yield Fleet(database)


@pytest.fixture(scope="module")
def names() -> Iterator[str]:
    return (f"k-{number:010d}" for number in count())


def dated(fleet: Fleet, kiosk: str) -> Dated:
    with fleet.database.reading() as connection:
        rows = connection.execute(
            select(epochs.c.epoch, records.c.seq, visits.c.quality, visits.c.seen_at)
            .select_from(visits.join(records, records.c.id == visits.c.record_id))
            .join(epochs, epochs.c.id == records.c.epoch_id)
            .where(epochs.c.kiosk_id == kiosk)
        )
        return {(name, seq): (quality, when) for name, seq, quality, when in rows}


def take(fleet: Fleet, kiosk: str, sent: list[Sent]) -> Dated:
    fleet.places.add_kiosk(kiosk, kiosk, "v-uimahalli")
    for piece, when in sent:
        fleet.send(piece, kiosk=kiosk, at=when)
    return dated(fleet, kiosk)


@stories(15)
@given(books(), st.randoms(use_true_random=False))
def test_the_order_does_not_matter(
    fleet: Fleet, names: Iterator[str], sent: list[Sent], chance: random.Random
) -> None:
    shuffled = sent.copy()
    chance.shuffle(shuffled)
    in_order = take(fleet, next(names), sent)
    assert take(fleet, next(names), shuffled) == in_order
    assert take(fleet, next(names), sent[::-1]) == in_order


def test_a_wrong_first_word_does_not_spoil_what_a_later_one_puts_right(
    fleet: Fleet, names: Iterator[str]
) -> None:
    """Nobody heard the boot, nor the starts beside it: its calendar was a day back until its last record."""
    began = NOW - timedelta(hours=9)
    hour = timedelta(hours=1)
    offs = (None, -DAY, None, timedelta(0))
    rows: list[Record] = []
    for n, off in enumerate(offs):
        clock = stamp_of(Row("boot", n * 3_600_000, off, began + n * hour))
        rows.append(scan(n, clock=clock) if n else at(opened(), clock))
    theirs = pair(NOW, boot="of now", boottime_ms=1_000)
    pieces = [(batch([row], first=n, clock=theirs), NOW) for n, row in enumerate(rows)]
    found = take(fleet, next(names), pieces)
    assert found[epoch(1), 2] == ("repaired", began + 2 * hour)
    assert found[epoch(1), 3] == ("synced", began + 3 * hour)
