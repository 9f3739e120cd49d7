"""The kiosks' clocks, read together: they date what was written before the time was known."""

from collections.abc import Sequence

from sqlalchemy import Connection

from agent.wire.messages import ClockPair
from server.adapters.database import insert
from server.adapters.tables import clock_pairs
from server.domain.arrivals import BatchArrived
from server.domain.seen import EARLIEST, LATEST


def keep_pairs(connection: Connection, arrivals: Sequence[BatchArrived]) -> None:
    """The latest of each boot and source."""
    latest = {(a.kiosk, a.batch.clock.boot_id, a.batch.clock.source): a for a in arrivals}
    rows = [
        {
            "kiosk_id": kiosk,
            "boot_id": boot_id,
            "source": source,
            "boottime_ms": arrived.batch.clock.boottime_ms,
            "utc": arrived.batch.clock.utc,
            "received_at": arrived.at,
        }
        for (kiosk, boot_id, source), arrived in sorted(latest.items())
        if _worth_keeping(arrived.batch.clock)
    ]
    if not rows:
        return
    new = insert(connection, clock_pairs)
    connection.execute(
        new.on_conflict_do_update(
            index_elements=["kiosk_id", "boot_id", "source"],
            set_={name: new.excluded[name] for name in ("boottime_ms", "utc", "received_at")},
        ),
        rows,
    )


def _worth_keeping(pair: ClockPair) -> bool:
    return pair.source != "none" and pair.boot_id.isprintable() and EARLIEST <= pair.utc < LATEST
