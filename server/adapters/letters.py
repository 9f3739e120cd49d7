"""Dead letters: records that could not be read and are kept as they came. Listed, and read once more."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, and_, func, or_, select

from agent.wire.messages import Records
from server.adapters.database import Database, StatementRefused
from server.adapters.facts import UNTHOUGHT_OF, Delivery, FactWriter
from server.adapters.fleet_state import list_state_of
from server.adapters.forgetting import LETTERS
from server.adapters.matching import hold_visits
from server.adapters.places import places_of
from server.adapters.record_tables import epochs, records
from server.adapters.tables import assignments, kiosks, venues
from server.domain.arrivals import BatchArrived
from server.domain.figures import Letter, Letters, Reread
from server.domain.seen import NO_PAIR
from server.ingest import UNTAKEN

PAGE: Final = 20
PIECE: Final = 100
"""Letters in one transaction: ingest waits for no more than these."""

# The second half is of the partial index's own condition: without it SQLite reads the whole table.
_DEAD: Final = and_(records.c.state == "refused", records.c.state != "stored")
_TOTAL: Final = select(func.count()).select_from(records).where(_DEAD)
_THEN: Final = and_(
    assignments.c.kiosk_id == kiosks.c.id,
    assignments.c.valid_from <= records.c.received_at,
    or_(assignments.c.valid_to.is_(None), assignments.c.valid_to > records.c.received_at),
)


class StoredLetters:
    """Reads them as a resend would be; ``changed`` is called after each commit that made some readable."""

    def __init__(self, database: Database, facts: FactWriter, changed: Callable[[], None]) -> None:
        self._database = database
        self._facts = facts
        self._changed = changed

    def retry(self) -> Reread:
        with self._database.reading() as connection:
            numbers = sorted(connection.scalars(select(records.c.id).where(LETTERS)))
            total = connection.execute(_TOTAL).scalar_one()
        read = sum(self._piece(numbers[at : at + PIECE]) for at in range(0, len(numbers), PIECE))
        return Reread(read=read, unread=total - read)

    def _piece(self, numbers: Sequence[int]) -> int:
        """How many of ``numbers`` are readable now."""
        try:
            read = self._read(numbers)
        except (StatementRefused, *UNTHOUGHT_OF):
            if len(numbers) == 1:
                return self._read(numbers, unread=UNTAKEN)
            return sum(self._piece([number]) for number in numbers)  # one must not hold up the others
        if read:
            self._changed()
        return read

    def _read(self, numbers: Sequence[int], unread: str = "") -> int:
        with self._database.writing() as connection:
            # What ingest takes in meanwhile may say something of these, or date the same visits.
            hold_visits(connection, alone=True)
            arrivals = list(_arrivals(connection, numbers))
            places = places_of(connection, {arrived.kiosk for arrived in arrivals})
            deliveries = [Delivery(arrived, places[arrived.kiosk]) for arrived in arrivals]
            if not deliveries:
                return 0
            self._facts.write(connection, list_state_of(connection).generation, deliveries, unread)
            left = select(func.count()).where(records.c.id.in_(numbers), records.c.state == "refused")
            return len(arrivals) - connection.execute(left).scalar_one()


def letters_in(connection: Connection, after: int | None = None, most: int = PAGE) -> Letters:
    """``most`` of them, older than the one ``after``; ids rise as letters come in, and an index has them."""
    older = [] if after is None else [records.c.id < after]
    rows = connection.execute(
        select(
            records.c.id,
            kiosks.c.id.label("kiosk"),
            kiosks.c.name,
            func.coalesce(venues.c.name, "").label("venue_name"),
            records.c.received_at,
            epochs.c.epoch,
            records.c.seq,
            records.c.why,
        )
        .select_from(records)
        .join(epochs, epochs.c.id == records.c.epoch_id)
        .join(kiosks, kiosks.c.id == epochs.c.kiosk_id)
        .outerjoin(assignments, _THEN)
        .outerjoin(venues, venues.c.id == assignments.c.venue_id)
        .where(_DEAD, *older)
        .order_by(records.c.id.desc())
        .limit(most + 1)
    ).all()
    page = tuple(_letter(row) for row in rows[:most])
    if after is None and len(rows) <= most:
        return Letters(page=page, total=len(page))
    total = connection.execute(_TOTAL).scalar_one()
    return Letters(page=page, total=total, next=rows[most - 1].id if len(rows) > most else None)


def _letter(row: Row[*tuple[Any, ...]]) -> Letter:
    _, kiosk, name, venue_name, received_at, epoch, seq, why = row
    return Letter(
        kiosk=kiosk,
        name=name,
        venue_name=venue_name,
        received_at=received_at,
        epoch=epoch,
        seq=seq,
        why=why,
    )


def _arrivals(connection: Connection, numbers: Sequence[int]) -> Iterator[BatchArrived]:
    """Each letter as a batch of its own that came when the letter did; the clock it came with is not kept."""
    rows = connection.execute(
        select(epochs.c.kiosk_id, epochs.c.epoch, records.c.seq, records.c.body, records.c.received_at)
        .join(epochs, epochs.c.id == records.c.epoch_id)
        .where(records.c.id.in_(numbers), records.c.state == "refused")
        .order_by(records.c.id)
    )
    for kiosk, epoch, seq, body, received_at in rows:
        batch = Records(epoch=epoch, first=seq, clock=NO_PAIR, rows=(msgspec.Raw(body),))
        yield BatchArrived(kiosk, received_at, batch)
