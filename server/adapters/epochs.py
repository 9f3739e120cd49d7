"""The epochs of the kiosks: made where new, locked while they grow, and how much of each is there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, and_, bindparam, func, select, tuple_, update

from agent.wire.records import LOST, SET_ASIDE, Opened, Previous, Stamp
from server.adapters.database import insert
from server.adapters.record_tables import epochs, records
from server.domain.arrivals import BatchArrived
from server.domain.extent import Extent, followed_by, grown, has_more

_CHUNK_ROWS: Final = 1_000
_NEXT: Final = epochs.alias()
_UNKNOWN: Final = -1
"""The last row of a start that nobody knows the name of, though there was one."""


@dataclass(frozen=True, slots=True)
class Epoch:
    id: int
    extent: Extent


def locked_epochs(connection: Connection, arrivals: Sequence[BatchArrived]) -> dict[tuple[str, str], Epoch]:
    """By (kiosk, epoch). Two writers of one epoch go one after the other."""
    first = {(a.kiosk, a.batch.epoch): a.at for a in reversed(arrivals)}
    connection.execute(
        insert(connection, epochs).on_conflict_do_nothing(),
        [
            {"kiosk_id": kiosk, "epoch": epoch, "first_received_at": at}
            for (kiosk, epoch), at in sorted(first.items())
        ],
    )
    columns = (epochs.c.upto, epochs.c.last_seq, epochs.c.row_count)
    rows = connection.execute(
        select(epochs.c.kiosk_id, epochs.c.epoch, epochs.c.id, *columns)
        .where(tuple_(epochs.c.kiosk_id, epochs.c.epoch).in_(list(first)))
        .order_by(epochs.c.id)
        .with_for_update()
    )
    return {(kiosk, epoch): Epoch(number, Extent(*extent)) for kiosk, epoch, number, *extent in rows}


def extent_after(connection: Connection, epoch: Epoch, arrived: BatchArrived, new: int) -> Extent:
    """Once the batch's rows are in the table; ``new`` of them are names that were not there before."""
    batch = arrived.batch
    kept_from = batch.kept_from if isinstance(batch.kept_from, int) else 0
    extent = grown(epoch.extent, batch.first, batch.first + len(batch.rows) - 1, new, kept_from)
    return _as_far_as_it_goes(connection, epoch.id, extent) if has_more(extent) else extent


def save_extents(connection: Connection, extents: Mapping[int, Extent]) -> None:
    rows = [
        {"of": number, "to": extent.upto, "last": extent.last, "count": extent.rows}
        for number, extent in sorted(extents.items())
    ]
    connection.execute(
        update(epochs)
        .where(epochs.c.id == bindparam("of"))
        .values(upto=bindparam("to"), last_seq=bindparam("last"), row_count=bindparam("count")),
        rows,
    )


def save_times(connection: Connection, times: Mapping[int, tuple[datetime, Stamp | None]]) -> None:
    """When the highest row of each epoch was written, its boot, and its stopwatch."""
    if times:
        connection.execute(
            update(epochs)
            .where(epochs.c.id == bindparam("of"))
            .values(
                last_at=bindparam("then"),
                last_ms=func.coalesce(bindparam("ms"), epochs.c.last_ms),
                boot_id=func.coalesce(epochs.c.boot_id, bindparam("boot")),
            ),
            [
                {
                    "of": number,
                    "then": at,
                    "ms": stamp.boottime_ms if stamp else None,
                    "boot": stamp.boot_id if stamp and stamp.boot_id.isprintable() else None,
                }
                for number, (at, stamp) in sorted(times.items())
            ],
        )


def note_undated(connection: Connection, numbers: Collection[int]) -> None:
    """These have records of a boot that the server never heard: their time may be found out yet."""
    if numbers:
        connection.execute(update(epochs).where(epochs.c.id.in_(numbers)).values(undated=True))


def followed(connection: Connection, numbers: Collection[int]) -> set[int]:
    """Which of these another start follows, which they may bound."""
    if not numbers:
        return set()
    follows = and_(_NEXT.c.kiosk_id == epochs.c.kiosk_id, _NEXT.c.previous_epoch == epochs.c.epoch)
    return set(connection.scalars(select(epochs.c.id).join(_NEXT, follows).where(epochs.c.id.in_(numbers))))


def note_opening(connection: Connection, number: int, opened: Opened) -> None:
    """What the epoch follows. The first opening holds; another one is a conflict, which is told as such."""
    previous = opened.previous if isinstance(opened.previous, Previous) else None
    after = opened.after if previous is None and isinstance(opened.after, Previous) else None
    follows = previous or after
    unknown = _UNKNOWN if opened.why in (LOST, SET_ASIDE) else None
    connection.execute(
        update(epochs)
        .where(epochs.c.id == number, epochs.c.opened.is_(False))
        .values(
            opened=True,
            boot_id=opened.clock.boot_id if opened.clock.boot_id.isprintable() else None,
            opened_ms=opened.clock.boottime_ms,
            previous_epoch=follows.epoch if follows else None,
            previous_last=follows.last_seq if follows else unknown,
            at_least=after is not None,
            set_aside=opened.why == SET_ASIDE,
        )
    )


def _as_far_as_it_goes(connection: Connection, number: int, extent: Extent) -> Extent:
    rows = connection.scalars(
        select(records.c.seq)
        .where(records.c.epoch_id == number, records.c.seq > extent.upto)
        .order_by(records.c.seq)
        .execution_options(yield_per=_CHUNK_ROWS)
    )
    for seq in rows:
        further = followed_by(extent, seq)
        if further is None:
            break
        extent = further
    rows.close()
    return extent
