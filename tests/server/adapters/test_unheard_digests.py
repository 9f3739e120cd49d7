"""A digest by a calendar that cannot have been right speaks of no day: the starts beside it tell."""

from datetime import datetime, timedelta
from typing import Final

import msgspec
import pytest

from agent.wire.messages import Records
from agent.wire.records import Digest, Record, Stamp
from server.adapters.database import Database
from server.domain.arrivals import BatchArrived
from tests.server.adapters.proved_fleet import DAY, MIDNIGHT, NEXT, NOON, SOON, Fleet
from tests.server.kiosk import KIOSK, batch, digest, follows, opened, pair, scan

H: Final = timedelta(hours=1)
D: Final = timedelta(days=1)
CAME_BACK: Final = NEXT + 10 * H
"""When the third start began, the first of three boots of which the server hears again."""


@pytest.fixture
def fleet(database: Database) -> Fleet:
    """With a start that it heard, until eleven o'clock."""
    fleet = Fleet(database)
    fleet.send(MIDNIGHT - 9 * H, opened(MIDNIGHT - 9 * H))
    fleet.send(MIDNIGHT + SOON, digest(1, MIDNIGHT + SOON))
    fleet.send(NOON - H, scan(2, at=NOON - H))
    return fleet


def by(boot: str, began: datetime, at: datetime, off: timedelta = timedelta(0)) -> Stamp:
    """A calendar that is ``off`` by so much and says that it is right."""
    return Stamp(
        boot_id=boot, boottime_ms=round((at - began).total_seconds() * 1000), wall_utc=at + off, synced=True
    )


def unheard(off: timedelta) -> list[Record]:
    """The second start, whose boot the server never hears: a digest before its last two visits."""
    times = [NOON, NOON + H, NOON + 2 * H, NOON + 3 * H]
    rows: list[Record] = [follows(1, 2), Digest(seq=1, clock=by("", NOON, NOON)), scan(2), scan(3)]
    return [
        msgspec.structs.replace(row, clock=by("unheard", NOON, at, off))
        for row, at in zip(rows, times, strict=True)
    ]


def send(fleet: Fleet, at: datetime, rows: list[Record], number: int, began: datetime = CAME_BACK) -> None:
    """By the third boot, which began then."""
    fleet.clock.at = at
    since = round((at - began).total_seconds() * 1000)
    sent: Records = batch(rows, number=number, clock=pair(at, boot="third", boottime_ms=since))
    fleet.store.write([BatchArrived(KIOSK, at, sent)])


def third(at: datetime, row: Record) -> Record:
    return msgspec.structs.replace(row, clock=by("third", CAME_BACK, at))


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_calendar_that_ran_ahead_closes_no_day(fleet: Fleet, newest_first: bool) -> None:
    """Its digest says that the day is over, and two more visits of it are still to come."""
    *here, missing = unheard(24 * H)
    opening = [third(CAME_BACK, follows(2, 3))]
    if newest_first:
        send(fleet, CAME_BACK + H, opening, 3)
    send(fleet, CAME_BACK + 10 * H, here, 2)
    if not newest_first:
        send(fleet, CAME_BACK + 10 * H, opening, 3)
    assert fleet.day().records.doubts == ("gap", "no_digest")
    send(fleet, CAME_BACK + 10 * H, [missing], 2)
    assert fleet.day().records.doubts == ("no_digest",)
    end = NEXT + D + SOON
    send(fleet, end, [third(end, digest(1, end))], 3)
    assert fleet.day().records.complete
    assert fleet.day(DAY + D).records.complete


def test_it_closes_none_though_nothing_is_here_yet_of_the_start_that_follows(fleet: Fleet) -> None:
    """The boot that sends it began before the time that it says."""
    send(fleet, CAME_BACK + 20 * H, unheard(26 * H)[:2], 2)
    assert fleet.day().records.doubts == ("no_digest",)


def test_a_calendar_that_was_more_than_a_day_back_hides_nothing_of_the_days_before(fleet: Fleet) -> None:
    """What came before its digest is of the day that it calls over, and counts among its records."""
    send(fleet, CAME_BACK + H, unheard(-27 * H), 2)
    send(fleet, CAME_BACK + H, [third(CAME_BACK, follows(2, 3))], 3)
    end = NEXT + D + SOON
    send(fleet, end, [third(end, digest(1, end))], 3)
    assert (fleet.day().records.here, fleet.day().records.complete) == (7, True)


def test_one_that_was_right_closes_its_day_once_the_start_that_is_heard_is_here(fleet: Fleet) -> None:
    rows = unheard(timedelta(0))
    rows[1] = msgspec.structs.replace(rows[1], clock=by("unheard", NOON, NEXT + SOON))
    send(fleet, CAME_BACK + H, rows[:2], 2)
    assert fleet.day().records.doubts == ("no_digest",)
    send(fleet, CAME_BACK + H, [third(CAME_BACK, follows(2, 1))], 3)
    assert fleet.day().records.complete
