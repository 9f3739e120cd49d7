"""The kiosks' clocks, read together: they date what was written before the time was known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from agent.wire.messages import ClockPair
from agent.wire.records import Stamp
from server.adapters.database import insert
from server.adapters.record_tables import clock_pairs
from server.domain.arrivals import BatchArrived, HealthArrived
from server.domain.readings import FIRST_RECORD, HEALTH, LAST_RECORD, NOTHING_READ, RECORDS, Readings
from server.domain.seen import Reading, reading_in, reading_of, reading_told


@dataclass(slots=True)
class Clocks:
    """What is known of the kiosks' clocks, and what the arrivals of this transaction add to it."""

    connection: Connection
    _new: dict[tuple[str, str, str], tuple[Reading, datetime]] = field(default_factory=dict)
    """(kiosk, boot, source) → reading, when it came."""
    _stored: dict[tuple[str, str], Readings] = field(default_factory=dict)

    def learn_batch(self, arrived: BatchArrived) -> None:
        """The latest of each boot and source is kept; what a receipt said comes back with its boot's rows."""
        pair, heard = arrived.batch.clock, arrived.batch.heard
        if is_named(pair):
            reading = reading_of(pair, arrived.at)
            self._new[arrived.kiosk, pair.boot_id, pair.source] = (reading, arrived.at)
        if not isinstance(heard, ClockPair) or not is_named(heard) or heard.boot_id == pair.boot_id:
            return
        if (told := reading_told(heard, arrived.at)) is not None:
            self._new[arrived.kiosk, heard.boot_id, "server"] = (told, arrived.at)

    def learn_record(self, kiosk: str, stamp: Stamp, received_at: datetime) -> None:
        """The first and the last of each boot are kept: the same in whatever order the records come."""
        reading = reading_in(stamp, received_at)
        if reading is None or not stamp.boot_id.isprintable():
            return
        for source in RECORDS:
            key = (kiosk, stamp.boot_id, source)
            known = self._new.get(key)
            if known is None or _replaces(source, reading, known[0]):
                self._new[key] = (reading, received_at)

    def of_boot(self, kiosk: str, boot_id: str) -> Readings:
        """All that is known of one boot."""
        if not boot_id.isprintable():
            return NOTHING_READ
        known = dict(self._stored_of(kiosk, boot_id).by_source)
        for (of, boot, source), (reading, _) in self._new.items():
            if (of, boot) == (kiosk, boot_id) and _replaces(source, reading, known.get(source)):
                known[source] = reading
        return Readings(known)

    def told_more(self) -> set[str]:
        """Kiosks of which a boot was heard for the first time, or gave its word, or another one."""
        boots = {(kiosk, boot) for kiosk, boot, _ in self._new}
        return {kiosk for kiosk, boot in boots if self._is_news(kiosk, boot)}

    def _is_news(self, kiosk: str, boot_id: str) -> bool:
        before, now = self._stored_of(kiosk, boot_id), self.of_boot(kiosk, boot_id)
        return bool(now.heard) > bool(before.heard) or (not now.heard and now.told != before.told)

    def _stored_of(self, kiosk: str, boot_id: str) -> Readings:
        key = (kiosk, boot_id)
        if key not in self._stored:
            self._stored[key] = readings_of(self.connection, kiosk, boot_id).get(boot_id, NOTHING_READ)
        return self._stored[key]

    def save(self) -> None:
        rows = [
            {
                "kiosk_id": kiosk,
                "boot_id": boot_id,
                "source": source,
                "boottime_ms": reading.boottime_ms,
                "utc": reading.utc,
                "received_at": received_at,
            }
            for (kiosk, boot_id, source), (reading, received_at) in sorted(self._new.items())
        ]
        if not rows:
            return
        new = insert(self.connection, clock_pairs)
        self.connection.execute(
            new.on_conflict_do_update(
                index_elements=["kiosk_id", "boot_id", "source"],
                set_={name: new.excluded[name] for name in ("boottime_ms", "utc", "received_at")},
                where=or_(
                    and_(*(clock_pairs.c.source != source for source in RECORDS)),
                    and_(
                        clock_pairs.c.source == FIRST_RECORD,
                        new.excluded.boottime_ms < clock_pairs.c.boottime_ms,
                    ),
                    and_(
                        clock_pairs.c.source == LAST_RECORD,
                        new.excluded.boottime_ms > clock_pairs.c.boottime_ms,
                    ),
                ),
            ),
            rows,
        )


def learn_health(connection: Connection, arrivals: Sequence[HealthArrived]) -> None:
    """The first sign of life of each boot dates it, where none of its batches comes through."""
    rows = [
        {
            "kiosk_id": arrived.kiosk,
            "boot_id": arrived.health.clock.boot_id,
            "source": HEALTH,
            "boottime_ms": arrived.health.clock.boottime_ms,
            "utc": reading_of(arrived.health.clock, arrived.at).utc,
            "received_at": arrived.at,
        }
        for arrived in arrivals
        if is_named(arrived.health.clock)
    ]
    if rows:
        connection.execute(insert(connection, clock_pairs).on_conflict_do_nothing(), rows)


def is_named(pair: ClockPair) -> bool:
    """Of a boot whose name a table can hold."""
    return pair.boot_id != "" and pair.boot_id.isprintable()


def heard_in(arrived: BatchArrived, of_rows: Reading | None) -> ClockPair | None:
    """What this server takes a clock for: the kiosk keeps it for one that forgets.

    Of the boot that wrote the rows, where that is another one and only its health was heard: no receipt has
    said it yet. Else of the batch's own.
    """
    pair = arrived.batch.clock
    if of_rows is not None:
        return ClockPair(**of_rows._asdict(), source="server")
    return ClockPair(**reading_of(pair, arrived.at)._asdict(), source="server") if is_named(pair) else None


def _replaces(source: str, reading: Reading, known: Reading | None) -> bool:
    if known is None or source not in RECORDS:
        return True
    if source == FIRST_RECORD:
        return reading.boottime_ms < known.boottime_ms
    return reading.boottime_ms > known.boottime_ms


def readings_of(connection: Connection, kiosk: str, boot_id: str | None = None) -> Mapping[str, Readings]:
    """By boot."""
    of = (clock_pairs.c.boot_id, clock_pairs.c.source, clock_pairs.c.boottime_ms, clock_pairs.c.utc)
    query = select(*of).where(clock_pairs.c.kiosk_id == kiosk)
    if boot_id is not None:
        query = query.where(clock_pairs.c.boot_id == boot_id)
    found: dict[str, dict[str, Reading]] = {}
    for boot, source, boottime_ms, utc in connection.execute(query):
        found.setdefault(boot, {})[source] = Reading(boot, boottime_ms, utc)
    return {boot: Readings(by_source) for boot, by_source in found.items()}
