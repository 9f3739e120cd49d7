"""Which of several corrections was written last: by the chain of starts, whatever order they came in."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, func, select

from agent.wire.records import Correction
from server.adapters.record_tables import amendments, epochs, records
from server.domain.amendments import Corrections, Name, Order

_MOST_STARTS: Final = 100
"""Between a record and its correction, which comes within minutes: no hostile chain is walked for ever."""
_UNKNOWN: Final = _MOST_STARTS + 1


def in_order(connection: Connection, found: Mapping[Name, Sequence[tuple[Order, Correction]]]) -> Corrections:
    """Each with how many starts came after that of the corrected record, where there are several to compare.

    Of a start that is not known to follow it nobody can tell: it is taken for the last.
    """
    ordered = dict(found)
    for name, corrections in found.items():
        starts = {order.epoch for order, _ in corrections}
        if len(starts) > 1:
            steps = {epoch: _steps(connection, name, epoch) for epoch in starts}
            ordered[name] = [(order._replace(steps=steps[order.epoch]), one) for order, one in corrections]
    return ordered


def with_several(connection: Connection, kiosks: Collection[str]) -> set[Name]:
    """Records that more than one start corrected: an opening that comes late may tell which was the last."""
    of = (amendments.c.kiosk_id, amendments.c.of_epoch, amendments.c.of_seq)
    rows = connection.execute(
        select(*of)
        .join(records, records.c.id == amendments.c.record_id)
        .where(amendments.c.kiosk_id.in_(kiosks), records.c.type == "correction/1")
        .group_by(*of)
        .having(func.count(records.c.epoch_id.distinct()) > 1)
    )
    return {Name(*row) for row in rows}


def _steps(connection: Connection, name: Name, epoch: str | None) -> int:
    for steps in range(_UNKNOWN):
        if epoch == name.epoch:
            return steps
        epoch = connection.scalar(
            select(epochs.c.previous_epoch).where(epochs.c.kiosk_id == name.kiosk, epochs.c.epoch == epoch)
        )
        if epoch is None:
            break
    return _UNKNOWN
