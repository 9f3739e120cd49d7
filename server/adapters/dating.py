"""Visits of which only bounds are known are dated anew when their kiosk's books say more."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, bindparam, func, select, update

from agent.wire.messages import decode_record
from agent.wire.records import ByHand, Scan
from server.adapters.clock_pairs import Readings, readings_of
from server.adapters.tables import epochs, records, visits
from server.adapters.visit_rows import change_visits
from server.domain.dating import Bounds, EpochClock, bounded, bounds_of
from server.domain.seen import Seen, local_day_and_hour, seen


def undated_boots(connection: Connection, kiosks: set[str]) -> Mapping[str, set[str | None]]:
    """By kiosk, the boots with visits of which only bounds are known."""
    rows = connection.execute(
        select(epochs.c.kiosk_id, epochs.c.boot_id)
        .where(epochs.c.undated, epochs.c.kiosk_id.in_(kiosks))
        .distinct()
    )
    found: dict[str, set[str | None]] = {}
    for kiosk, boot in rows:
        found.setdefault(kiosk, set()).add(boot)
    return found


def redate(connection: Connection, kiosk: str, zone_of: Mapping[str, ZoneInfo], zone: ZoneInfo) -> None:
    """Where a boot's time is known by now, its visits are repaired; else bounded as well as may be."""
    readings = readings_of(connection, kiosk)

    def when(epoch: EpochClock, boottime_ms: int) -> datetime | None:
        return readings.get(epoch.boot_id, Readings()).at(boottime_ms)

    rows = list(
        connection.execute(select(epochs).where(epochs.c.kiosk_id == kiosk).order_by(epochs.c.id)).mappings()
    )
    clocks = {row["id"]: clock for row in rows if (clock := _clock(row)) is not None}
    bounds = bounds_of(clocks.values(), when)
    for row in rows:
        clock = clocks.get(row["id"])
        if clock is None or not row["undated"]:
            continue
        found = bounds.get(clock.id, Bounds())
        known = clock.id not in bounds
        if known or (found.first, found.last) != (row["not_before"], row["not_after"]):
            _redate_epoch(connection, clock, found, readings.get(clock.boot_id, Readings()), (zone_of, zone))


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
    connection: Connection,
    clock: EpochClock,
    bounds: Bounds,
    readings: Readings,
    zones: tuple[Mapping[str, ZoneInfo], ZoneInfo],
) -> None:
    zone_of, fleets = zones
    changed: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for row, when in _dated(connection, clock, bounds, readings):
        day, hour = local_day_and_hour(when.at, zone_of.get(row["venue_id"], fleets))
        changed.append((row, {"seen_at": when.at, "quality": when.quality, "day": day, "hour": hour}))
    change_visits(connection, changed)
    left = connection.scalar(
        select(func.count())
        .select_from(visits.join(records, records.c.id == visits.c.record_id))
        .where(records.c.epoch_id == clock.id, visits.c.quality == "bounded")
    )
    last = readings.at(clock.last_ms) or bounds.last
    connection.execute(
        update(epochs)
        .where(epochs.c.id == clock.id)
        .values(
            undated=bool(left),
            not_before=bounds.first,
            not_after=bounds.last,
            last_at=func.coalesce(bindparam("last", last, type_=epochs.c.last_at.type), epochs.c.last_at),
        )
    )


def _dated(
    connection: Connection, clock: EpochClock, bounds: Bounds, readings: Readings
) -> Iterator[tuple[dict[str, Any], Seen]]:
    """Each bounded visit of the epoch with its new time."""
    rows = connection.execute(
        select(visits, records.c.body, records.c.received_at)
        .join(records, records.c.id == visits.c.record_id)
        .where(records.c.epoch_id == clock.id, visits.c.quality == "bounded")
    ).mappings()
    for row in rows.all():
        record = decode_record(row["body"])
        if isinstance(record, Scan | ByHand):
            when = seen(record.clock, readings.heard, readings.told, row["received_at"])
            if when.quality == "bounded":
                when = bounded(clock, bounds, record.clock.boottime_ms, row["received_at"])
            yield dict(row), when
