"""Visits of which only bounds are known, or only the kiosk's word, are dated anew when its books say more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, select, update

from agent.wire.messages import decode_record
from agent.wire.records import ByHand, Scan
from server.adapters.clock_pairs import readings_of
from server.adapters.over_new_year import into_locked_years, with_pseudonym_of_new_day
from server.adapters.record_tables import digests, epochs, records, visits
from server.adapters.visit_rows import change_visits
from server.adapters.years import YearKeys
from server.domain.dating import EpochClock, Times
from server.domain.seen import Seen, local_day_and_hour

_CHUNK_ROWS: Final = 1_000


def with_undated(connection: Connection, names: set[str]) -> set[str]:
    """Kiosks with a start of a boot that the server never heard."""
    return set(
        connection.scalars(
            select(epochs.c.kiosk_id).where(epochs.c.undated, epochs.c.kiosk_id.in_(names)).distinct()
        )
    )


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
    rows = connection.execute(select(epochs).where(epochs.c.kiosk_id == kiosk)).mappings().all()
    clocks = {row["id"]: clock for row in rows if (clock := clock_in(row)) is not None}
    times = Times(clocks.values(), readings_of(connection, kiosk))
    for row in rows:
        clock = clocks.get(row["id"])
        if clock is None or not row["undated"]:
            continue
        by = _dated_by(times, clock)
        if by != row["dated_by"]:
            _redate_epoch(connection, _Start(kiosk, times, clock, by), 0, (zone_of, zone))
        elif clock.id in grown:
            _redate_epoch(connection, _Start(kiosk, times, clock, by), grown[clock.id], (zone_of, zone))


@dataclass(frozen=True, slots=True)
class _Start:
    """One of those whose visits are dated anew, and by what."""

    kiosk: str
    times: Times
    clock: EpochClock
    by: str


def _dated_by(times: Times, clock: EpochClock) -> str:
    """All that the dates of a start's records depend on, but for the records: its digest.

    Where a start beside it bounds it, each record is bounded by how far it lies from the first or the last.
    """
    readings, bounds = times.of_boot(clock.boot_id), times.bounds(clock)
    if readings.heard:
        return "heard"
    opened_ms = None if bounds.first is None else clock.opened_ms
    last_ms = None if bounds.last is None else clock.last_ms
    known = (bounds, times.limits(clock), readings.told, opened_ms, last_ms)
    return blake2b(repr(known).encode(), digest_size=16).hexdigest()


def clock_in(row: RowMapping) -> EpochClock | None:
    """``None`` of a start of which no record says its boot. Without its opening it begins where it ends."""
    if row["boot_id"] is None or row["last_ms"] is None:
        return None
    return EpochClock(
        id=row["id"],
        name=row["epoch"],
        previous=row["previous_epoch"],
        boot_id=row["boot_id"],
        opened_ms=row["last_ms"] if row["opened_ms"] is None else row["opened_ms"],
        last_ms=row["last_ms"],
    )


def _redate_epoch(
    connection: Connection, start: _Start, first: int, zones: tuple[Mapping[str, ZoneInfo], ZoneInfo]
) -> None:
    """The visits from record ``first`` on, and what the epoch says of its time."""
    zone_of, fleets = zones
    changed: list[tuple[dict[str, Any], dict[str, Any]]] = []
    other_year: list[tuple[dict[str, Any], dict[str, Any]]] = []
    locked: list[tuple[dict[str, Any], dict[str, Any]]] = []
    keys = YearKeys(connection)
    for row, when in _dated(connection, start, first):
        if (when.at, when.quality) == (row["seen_at"], row["quality"]):
            continue
        day, hour = local_day_and_hour(when.at, zone_of.get(row["venue_id"], fleets))
        change = (row, {"seen_at": when.at, "quality": when.quality, "day": day, "hour": hour})
        if row["code"] is not None and keys.is_locked(day.year):
            locked.append(change)
        elif row["pseudonym"] is not None and row["day"].year != day.year:
            other_year.append(change)
        else:
            changed.append(change)
    change_visits(connection, changed)
    change_visits(connection, with_pseudonym_of_new_day(connection, other_year))
    into_locked_years(connection, keys, locked)
    _tell_days(connection, start, first)
    times, clock = start.times, start.clock
    last = times.when(clock, clock.last_ms) or times.bounds(clock).last
    connection.execute(
        update(epochs)
        .where(epochs.c.id == clock.id)
        .values(
            # What nobody has heard of is looked at again whenever more is known of what is beside it.
            undated=not times.of_boot(clock.boot_id).heard,
            dated_by=start.by,
            last_at=func.coalesce(bindparam("last", last, type_=epochs.c.last_at.type), epochs.c.last_at),
        )
    )


def _tell_days(connection: Connection, start: _Start, first: int) -> None:
    """The digests from record ``first`` on that close a day, by all that is known now."""
    of = {"kiosk_id": start.kiosk, "epoch_id": start.clock.id}
    told = digests.c.kiosk_id == start.kiosk, digests.c.epoch_id == start.clock.id, digests.c.seq >= first
    connection.execute(delete(digests).where(*told))
    rows = connection.execute(
        select(records.c.id, records.c.seq, records.c.body, records.c.received_at).where(
            records.c.epoch_id == start.clock.id, records.c.seq >= first, records.c.type == "digest/1"
        )
    )
    found = [
        {**of, "record_id": number, "seq": seq, "at": at}
        for number, seq, body, received_at in rows
        if (at := start.times.digested(start.clock, decode_record(body).clock, received_at)) is not None
    ]
    if found:
        connection.execute(digests.insert(), found)


def _dated(connection: Connection, start: _Start, first: int) -> Iterator[tuple[dict[str, Any], Seen]]:
    """Each visit of the epoch from record ``first`` on, with its time."""
    query = (
        select(visits, records.c.body, records.c.received_at)
        .join(records, records.c.id == visits.c.record_id)
        .where(records.c.epoch_id == start.clock.id, records.c.seq >= first)
    )
    for row in connection.execute(query.execution_options(yield_per=_CHUNK_ROWS)).mappings():
        record = decode_record(row["body"])
        if isinstance(record, Scan | ByHand):
            yield dict(row), start.times.seen(start.clock, record.clock, row["received_at"])
