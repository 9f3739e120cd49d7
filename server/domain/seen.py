"""When a scan was seen: a time made of raw stamps, how good it is, and the local day and hour it falls in."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from agent.wire.messages import ClockPair
from agent.wire.records import Stamp

Quality = Literal["synced", "repaired", "bounded"]

EARLIEST: Final = datetime(2020, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""A calendar outside of these is broken, whatever it says of itself."""
AHEAD: Final = timedelta(minutes=5)
"""What two clocks that are both in time may differ by, and more."""


_LONGEST_MS: Final = 10 * 365 * 24 * 3600 * 1000
"""No boot lasts longer; a hostile stopwatch says anything."""


@dataclass(frozen=True, slots=True)
class Seen:
    at: datetime
    quality: Quality


def seen(stamp: Stamp, pair: ClockPair, received_at: datetime) -> Seen:
    """The kiosk's calendar where it was right, else its stopwatch by ``pair``, else "no later than now".

    A calendar that says it is in time and tells what is still to come is not right.
    """
    if stamp.synced and EARLIEST <= stamp.wall_utc <= received_at + AHEAD:
        return Seen(stamp.wall_utc.astimezone(UTC), "synced")
    repaired = _repaired(stamp, pair, received_at)
    return Seen(received_at, "bounded") if repaired is None else Seen(repaired, "repaired")


def _repaired(stamp: Stamp, pair: ClockPair, received_at: datetime) -> datetime | None:
    if pair.source == "none" or pair.boot_id != stamp.boot_id:
        return None
    try:
        # The batch was on its way for seconds: where its own calendar runs ahead, the server's is better.
        sent_at = pair.utc.astimezone(UTC) if pair.utc <= received_at + AHEAD else received_at
        at = sent_at + timedelta(milliseconds=stamp.boottime_ms - pair.boottime_ms)
    except OverflowError:  # a hostile clock counts longer than the calendar
        return None
    return at if EARLIEST <= at <= received_at + AHEAD else None


def digested(stamp: Stamp, pair: ClockPair, received_at: datetime) -> datetime | None:
    """Until when a digest speaks: what its calendar says, but never later than it can have been written.

    A calendar that runs a year ahead would prove days that are still to come.
    """
    if not stamp.synced or not EARLIEST <= stamp.wall_utc < LATEST:
        return None
    latest = received_at
    if pair.boot_id == stamp.boot_id:
        since = max(0, pair.boottime_ms - stamp.boottime_ms)
        latest -= timedelta(milliseconds=min(since, _LONGEST_MS))
    return min(stamp.wall_utc.astimezone(UTC), latest)


def local_day_and_hour(at: datetime, zone: ZoneInfo) -> tuple[date, int]:
    """Where ``at`` falls in the venue's calendar. The hour that autumn repeats holds both its halves."""
    there = at.astimezone(zone)
    return there.date(), there.hour
