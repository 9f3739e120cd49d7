"""Visits of which only bounds are known, or only the kiosk's word, are dated anew when its books say more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, bindparam, func, select, update

from agent.wire.messages import decode_record
from agent.wire.records import ByHand, Scan, Stamp
from server.adapters.clock_pairs import Readings, readings_of
from server.adapters.over_new_year import with_pseudonym_of_new_day
from server.adapters.tables import epochs, records, visits
from server.adapters.visit_rows import change_visits
from server.domain.dating import Bounds, EpochClock, bounded, bounds_of, contradicts
from server.domain.seen import Seen, local_day_and_hour, seen

_CHUNK_ROWS: Final = 1_000


def undated_boots(connection: Connection, kiosks: set[str]) -> Mapping[str, set[str | None]]:
    """By kiosk, the boots with visits of which only bounds are known, or only its own word."""
    rows = connection.execute(
        select(epochs.c.kiosk_id, epochs.c.boot_id)
        .where(epochs.c.undated, epochs.c.kiosk_id.in_(kiosks))
        .distinct()
    )
    found: dict[str, set[str | None]] = {}
    for kiosk, boot in rows:
        found.setdefault(kiosk, set()).add(boot)
    return found


def redate(
    connection: Connection,
    kiosk: str,
    zone_of: Mapping[str, ZoneInfo],
    zone: ZoneInfo,
    grown: Mapping[int, int],
) -> None:
    """Where a boot's time is known by now, its visits are repaired; else bounded as well as may be.

    ``grown`` are the epochs that have just got rows, with the first of these.
    """
    readings = readings_of(connection, kiosk)

    def heard(epoch: EpochClock, boottime_ms: int) -> datetime | None:
        return readings.get(epoch.boot_id, Readings()).heard_at(boottime_ms)

    def when(epoch: EpochClock, boottime_ms: int) -> datetime | None:
        if (at := heard(epoch, boottime_ms)) is not None:
            return at
        told = readings.get(epoch.boot_id, Readings()).told_at(boottime_ms)
        return None if told is None or contradicts(told, surely.get(epoch.id, Bounds())) else told

    rows = list(
        connection.execute(select(epochs).where(epochs.c.kiosk_id == kiosk).order_by(epochs.c.id)).mappings()
    )
    clocks = {row["id"]: clock for row in rows if (clock := _clock(row)) is not None}
    surely = bounds_of(clocks.values(), heard)
    bounds = bounds_of(clocks.values(), when)
    for row in rows:
        clock = clocks.get(row["id"])
        if clock is None or not row["undated"]:
            continue
        limits = surely.get(clock.id, Bounds())
        of = _Span(clock, bounds.get(clock.id, limits), limits, readings.get(clock.boot_id, Readings()))
        moved = (of.bounds.first, of.bounds.last) != (row["not_before"], row["not_after"])
        if moved or clock.id not in surely:
            _redate_epoch(connection, of, 0, (zone_of, zone))
        elif clock.id in grown:
            # Its last row is another now, by which all of them are bounded where a start follows.
            first = 0 if of.bounds.last is not None else grown[clock.id]
            _redate_epoch(connection, of, first, (zone_of, zone))


@dataclass(frozen=True, slots=True)
class _Span:
    """A start, and what is known of its time."""

    clock: EpochClock
    bounds: Bounds
    limits: Bounds
    """By the neighbours that the server heard itself."""
    readings: Readings

    @property
    def is_heard(self) -> bool:
        return bool(self.readings.heard)

    @property
    def told_last(self) -> datetime | None:
        """When its last record was written, by the kiosk's word, where that can be."""
        at = self.readings.told_at(self.clock.last_ms)
        return None if at is None or contradicts(at, self.limits) else at

    def seen(self, stamp: Stamp, received_at: datetime) -> Seen:
        when = seen(stamp, self.readings.heard, self.readings.told, received_at)
        if when.quality != "bounded" and (self.is_heard or not contradicts(when.at, self.limits)):
            return when
        return bounded(self.clock, self.bounds, stamp.boottime_ms, received_at)


def _clock(row: RowMapping) -> EpochClock | None:
    if row["boot_id"] is None or row["opened_ms"] is None or row["last_ms"] is None:
        return None
    return EpochClock(
        id=row["id"],
        name=row["epoch"],
        previous=row["previous_epoch"],
        boot_id=row["boot_id"],
        opened_ms=row["opened_ms"],
        last_ms=row["last_ms"],
    )


def _redate_epoch(
    connection: Connection, of: _Span, first: int, zones: tuple[Mapping[str, ZoneInfo], ZoneInfo]
) -> None:
    """The visits from record ``first`` on, and what the epoch says of its time."""
    zone_of, fleets = zones
    changed: list[tuple[dict[str, Any], dict[str, Any]]] = []
    other_year: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for row, when in _dated(connection, of, first):
        if (when.at, when.quality) == (row["seen_at"], row["quality"]):
            continue
        day, hour = local_day_and_hour(when.at, zone_of.get(row["venue_id"], fleets))
        moves = row["pseudonym"] is not None and row["day"].year != day.year
        (other_year if moves else changed).append(
            (row, {"seen_at": when.at, "quality": when.quality, "day": day, "hour": hour})
        )
    change_visits(connection, changed)
    change_visits(connection, with_pseudonym_of_new_day(connection, other_year))
    left = connection.scalar(
        select(func.count())
        .select_from(visits.join(records, records.c.id == visits.c.record_id))
        .where(records.c.epoch_id == of.clock.id, visits.c.quality == "bounded")
    )
    last = of.readings.heard_at(of.clock.last_ms) or of.told_last or of.bounds.last
    connection.execute(
        update(epochs)
        .where(epochs.c.id == of.clock.id)
        .values(
            # What nobody has heard of is looked at again once a start that was heard follows.
            undated=bool(left) or not (of.is_heard or of.limits.last),
            not_before=of.bounds.first,
            not_after=of.bounds.last,
            last_at=func.coalesce(bindparam("last", last, type_=epochs.c.last_at.type), epochs.c.last_at),
        )
    )


def _dated(connection: Connection, of: _Span, first: int) -> Iterator[tuple[dict[str, Any], Seen]]:
    """Each visit of the epoch whose time may be another now, with that time."""
    query = (
        select(visits, records.c.body, records.c.received_at)
        .join(records, records.c.id == visits.c.record_id)
        .where(records.c.epoch_id == of.clock.id, records.c.seq >= first)
    )
    if of.is_heard:
        query = query.where(visits.c.quality == "bounded")
    for row in connection.execute(query.execution_options(yield_per=_CHUNK_ROWS)).mappings():
        record = decode_record(row["body"])
        if isinstance(record, Scan | ByHand):
            yield dict(row), of.seen(record.clock, row["received_at"])
