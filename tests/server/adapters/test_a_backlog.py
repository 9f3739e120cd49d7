"""Starts that come long after they were written, in boots that the server never heard."""

from datetime import datetime, timedelta
from typing import Final

import msgspec
import pytest

from agent.wire.records import Record
from server.adapters.database import Database
from tests.server.adapters.proved_fleet import LATER, MIDNIGHT, NOON, SOON, Fleet
from tests.server.kiosk import digest, follows, opened, scan, stamp, stopwatch

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


def written(row: Record, at: datetime, boot: str, off: timedelta = timedelta(0)) -> Record:
    """At ``at`` in truth; the boot's calendar says that it is set, and is off by so much."""
    return msgspec.structs.replace(row, clock=stamp(at + off, boot=boot, boottime_ms=stopwatch(at)))


@pytest.fixture
def fleet(database: Database) -> Fleet:
    """In contact until the day's first morning."""
    fleet = Fleet(database)
    fleet.send(MIDNIGHT - 9 * HOUR, opened(MIDNIGHT - 9 * HOUR))
    fleet.send(MIDNIGHT + SOON, digest(1, MIDNIGHT + SOON))
    return fleet


def ahead() -> list[Record]:
    """A start whose calendar is a day ahead: to it the day was over."""
    began = MIDNIGHT + 6 * HOUR
    return [
        written(follows(1, 1), began, "boot-2", DAY),
        written(digest(1, began), began + SOON, "boot-2", DAY),
    ]


def right() -> list[Record]:
    """The start after it, which knows better, and has a visitor."""
    return [written(follows(2, 1), NOON, "boot-3"), written(scan(1), NOON + HOUR, "boot-3")]


def test_a_wrong_calendar_closes_no_day_while_the_starts_after_it_are_still_to_come(fleet: Fleet) -> None:
    """They come one after the other, and the line may break in between."""
    fleet.send_late(LATER, *ahead(), boot="boot-4", number=2)
    assert fleet.day().records.doubts == ("no_digest",)
    fleet.send_late(LATER, *right(), boot="boot-4", number=3)
    assert fleet.day().records.doubts == ("no_digest",)
    last = [written(follows(3, 1), LATER - HOUR, "boot-4"), written(digest(1, LATER), LATER, "boot-4")]
    fleet.send_late(LATER, *last, boot="boot-4", number=4)
    assert fleet.day().records.complete
    assert [row.visits for row in fleet.day().rows] == [1]
