"""When a scan was seen: a time made of raw stamps, how good it is, and the local day and hour it falls in."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from agent.wire.messages import ClockPair
from agent.wire.records import Stamp

Quality = Literal["synced", "repaired", "bounded"]

EARLIEST: Final = datetime(2020, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""A calendar outside of these is broken, whatever it says of itself."""
AHEAD: Final = timedelta(minutes=5)
"""What two clocks that are both in time may differ by, and more."""
BEHIND: Final = timedelta(hours=1)
"""How long a batch may have been on its way through a broker and a server that were busy, and more."""


LONGEST_MS: Final = 10 * 365 * 24 * 3600 * 1000
"""No boot lasts longer; a hostile stopwatch says anything."""


@dataclass(frozen=True, slots=True)
class Seen:
    at: datetime
    quality: Quality


class Reading(NamedTuple):
    """A kiosk's stopwatch, and the true time at that very moment."""

    boot_id: str
    boottime_ms: int
    utc: datetime

    def at(self, boottime_ms: int) -> datetime | None:
        """When the stopwatch stood there; ``None`` where a hostile one counts longer than the calendar."""
        try:
            return self.utc + timedelta(milliseconds=boottime_ms - self.boottime_ms)
        except OverflowError:
            return None


NO_PAIR: Final = ClockPair(boot_id="", boottime_ms=0, utc=EARLIEST, source="none")
"""Of a record that no batch brings, or one whose clock was not kept."""


def reading_of(pair: ClockPair, received_at: datetime) -> Reading:
    """Of a batch: it was on its way for seconds, so where its own calendar is wrong the server's is right."""
    right = pair.source != "none" and received_at - BEHIND <= pair.utc <= received_at + AHEAD
    return Reading(pair.boot_id, pair.boottime_ms, pair.utc.astimezone(UTC) if right else received_at)


def reading_told(heard: ClockPair, received_at: datetime) -> Reading | None:
    """What a receipt once said of another boot's clock, as the kiosk says; ``None`` where that cannot be."""
    if not EARLIEST <= heard.utc <= received_at + AHEAD:
        return None
    return Reading(heard.boot_id, heard.boottime_ms, heard.utc.astimezone(UTC))


def reading_in(stamp: Stamp, received_at: datetime) -> Reading | None:
    """Of a record whose own calendar was right: it dates the others of its boot."""
    if not _in_time(stamp, received_at):
        return None
    return Reading(stamp.boot_id, stamp.boottime_ms, stamp.wall_utc.astimezone(UTC))


def seen(stamp: Stamp, heard: Iterable[Reading], told: Iterable[Reading], received_at: datetime) -> Seen:
    """The kiosk's calendar where it was right, else its stopwatch, else "no later than now".

    ``heard`` are readings that the server compared with its own clock: a calendar that they contradict was
    not right, whatever it says of itself. ``told`` are those that the kiosk's own records make.
    """
    said = stamp.wall_utc.astimezone(UTC) if _in_time(stamp, received_at) else None
    by_server = _by_stopwatch(stamp, heard, received_at)
    if said is not None and (by_server is None or abs(said - by_server) <= AHEAD):
        return Seen(said, "synced")
    at = by_server or _by_stopwatch(stamp, told, received_at)
    return Seen(received_at, "bounded") if at is None else Seen(at, "repaired")


def words(stamp: Stamp, told: Iterable[Reading], received_at: datetime) -> Iterator[Seen]:
    """What a kiosk says of a boot that the server never heard, the better word first."""
    if _in_time(stamp, received_at):
        yield Seen(stamp.wall_utc.astimezone(UTC), "synced")
    for reading in told:
        if (at := _by_stopwatch(stamp, (reading,), received_at)) is not None:
            yield Seen(at, "repaired")


def _by_stopwatch(stamp: Stamp, readings: Iterable[Reading], received_at: datetime) -> datetime | None:
    """By the first of ``readings`` that is of the same boot and says what can be."""
    for reading in readings:
        at = reading.at(stamp.boottime_ms) if reading.boot_id == stamp.boot_id else None
        if at is not None and EARLIEST <= at <= received_at + AHEAD:
            return at
    return None


def _in_time(stamp: Stamp, received_at: datetime) -> bool:
    return stamp.synced and EARLIEST <= stamp.wall_utc <= received_at + AHEAD


def digested(
    stamp: Stamp,
    pair: ClockPair,
    heard: Sequence[Reading],
    told: Sequence[Reading],
    received_at: datetime,
    sent_at: datetime,
) -> datetime | None:
    """When a digest was written; ``None`` where nobody can know it, for then it speaks of no day.

    Too late a time would prove a day that was not over, and too early a one would pass over what it follows.
    A kiosk that knows the time by receipts alone writes them, too: what was heard of its boot dates them.
    One that is read again was received before the batch of ``pair`` was, which came at ``sent_at``.
    """
    if stamp.synced and not EARLIEST <= stamp.wall_utc < LATEST:
        return None
    when = seen(stamp, heard, (), received_at)
    if when.quality == "bounded":
        return None
    if _by_stopwatch(stamp, heard, received_at) is None:
        by_records = (_by_stopwatch(stamp, (reading,), received_at) for reading in told)
        if any(at is not None and abs(when.at - at) > AHEAD for at in by_records):
            return None  # two calendars of one boot, and the server compared neither with its own
    own = pair.boot_id == stamp.boot_id
    since = max(0, pair.boottime_ms - (stamp.boottime_ms if own else 0))
    latest = min(received_at, sent_at - timedelta(milliseconds=min(since, LONGEST_MS)))
    if not own and when.at - latest > AHEAD:
        return None  # the boot that sends it began before
    return min(when.at, latest)


def local_day_and_hour(at: datetime, zone: ZoneInfo) -> tuple[date, int]:
    """Where ``at`` falls in the venue's calendar. The hour that autumn repeats holds both its halves."""
    there = at.astimezone(zone)
    return there.date(), there.hour
