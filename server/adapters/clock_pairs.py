"""The kiosks' clocks, read together: they date what was written before the time was known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, or_, select

from agent.wire.records import Stamp
from server.adapters.database import insert
from server.adapters.tables import clock_pairs
from server.domain.arrivals import BatchArrived
from server.domain.seen import Reading, reading_in, reading_of

RECORD: Final = "record"
NONE: Final = "none"
"""The kiosk knew no time: the server's own, when the batch came."""


@dataclass(slots=True)
class Clocks:
    """What is known of the kiosks' clocks, and what the arrivals of this transaction add to it."""

    connection: Connection
    _new: dict[tuple[str, str, str], tuple[Reading, datetime]] = field(default_factory=dict)
    """(kiosk, boot, source) → reading, when it came."""
    _stored: dict[tuple[str, str], list[tuple[str, Reading]]] = field(default_factory=dict)

    def learn_batch(self, arrived: BatchArrived) -> None:
        """The latest of each boot and source is kept."""
        pair = arrived.batch.clock
        if pair.boot_id and pair.boot_id.isprintable():
            reading = reading_of(pair, arrived.at)
            self._new[arrived.kiosk, pair.boot_id, pair.source] = (reading, arrived.at)

    def learn_record(self, kiosk: str, stamp: Stamp, received_at: datetime) -> None:
        """The first of each boot is kept: the same in whatever order the records come."""
        reading = reading_in(stamp, received_at)
        if reading is None or not stamp.boot_id.isprintable():
            return
        key = (kiosk, stamp.boot_id, RECORD)
        known = self._new.get(key)
        if known is None or reading.boottime_ms < known[0].boottime_ms:
            self._new[key] = (reading, received_at)

    def readings(self, kiosk: str, boot_id: str) -> Sequence[Reading]:
        """Of one boot, the best first: a record's, for it is there again after a restore."""
        if not boot_id.isprintable():
            return ()
        key = (kiosk, boot_id)
        if key not in self._stored:
            self._stored[key] = readings_of(self.connection, kiosk, boot_id).get(boot_id, [])
        new = [
            (source, reading) for (of, boot, source), (reading, _) in self._new.items() if (of, boot) == key
        ]
        return [reading for _, reading in sorted(new + self._stored[key], key=lambda item: _rank(item[0]))]

    def boots(self) -> set[tuple[str, str]]:
        """Those that something was learned of."""
        return {(kiosk, boot) for kiosk, boot, _ in self._new}

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
                    clock_pairs.c.source != RECORD, new.excluded.boottime_ms < clock_pairs.c.boottime_ms
                ),
            ),
            rows,
        )


def readings_of(
    connection: Connection, kiosk: str, boot_id: str | None = None
) -> Mapping[str, list[tuple[str, Reading]]]:
    """By boot: each source with its reading, the best first."""
    of = (clock_pairs.c.boot_id, clock_pairs.c.source, clock_pairs.c.boottime_ms, clock_pairs.c.utc)
    query = select(*of).where(clock_pairs.c.kiosk_id == kiosk)
    if boot_id is not None:
        query = query.where(clock_pairs.c.boot_id == boot_id)
    found: dict[str, list[tuple[str, Reading]]] = {}
    for boot, source, boottime_ms, utc in connection.execute(query):
        found.setdefault(boot, []).append((source, Reading(boot, boottime_ms, utc)))
    return {boot: sorted(pairs, key=lambda item: _rank(item[0])) for boot, pairs in found.items()}


def _rank(source: str) -> int:
    return {RECORD: 0, NONE: 2}.get(source, 1)
