"""What the server has of a kiosk, beside what that kiosk wrote."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from agent.wire.canonical import digest
from server.adapters.database import Database
from server.adapters.record_tables import epochs, records, visits
from tests.torture.desk import Desk


@dataclass
class Arrived:
    """``lost`` and ``twice`` are records and visits; ``broken`` says in sentences what does not agree."""

    records: int = 0
    lost: int = 0
    twice: int = 0
    broken: list[str] = field(default_factory=list)

    def promise(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.broken.append(otherwise)


def look(database: Database, desk: Desk) -> Arrived:
    """Every record once and as it was written, every visitor counted once, no start missing."""
    arrived = Arrived()
    with database.reading() as connection:
        _facts(connection, desk, arrived)
        _visits(connection, desk, arrived)
        _chain(connection, desk, arrived)
    return arrived


def _facts(connection: Connection, desk: Desk, arrived: Arrived) -> None:
    rows = connection.execute(
        select(epochs.c.epoch, records.c.seq, records.c.digest, records.c.state, records.c.conflict)
        .join(epochs, epochs.c.id == records.c.epoch_id)
        .where(epochs.c.kiosk_id == desk.kiosk)
    ).all()
    written = _journal(desk) | desk.book.digests()
    stored = Counter((epoch, seq) for epoch, seq, *_ in rows)
    lost = written.keys() - stored.keys()
    twice = [name for name, count in stored.items() if count > 1]
    arrived.records = len(written)
    arrived.lost += len(lost)
    arrived.twice += len(twice)
    arrived.promise(not lost, f"{len(lost)} records are not there, the first is {min(lost, default=None)}")
    arrived.promise(not twice, f"{len(twice)} records are there more than once")
    arrived.promise(stored.keys() <= written.keys(), "records are there that nobody wrote")
    others = [name for *name, found, _, _ in rows if written.get((name[0], name[1]), found) != found]
    arrived.promise(not others, f"{len(others)} records are not as they were written")
    flagged = [(state, conflict) for *_, state, conflict in rows if state != "stored" or conflict]
    arrived.promise(not flagged, f"{len(flagged)} records are refused, misplaced or in conflict")


def _visits(connection: Connection, desk: Desk, arrived: Arrived) -> None:
    counted = visits.c.counted & (visits.c.kiosk_id == desk.kiosk)
    found = Counter(code or "" for code in connection.scalars(select(visits.c.code).where(counted)))
    wanted = desk.book.counted()
    lost, twice = (wanted - found).total(), (found - wanted).total()
    arrived.lost += lost
    arrived.twice += twice
    arrived.promise(not lost, f"{lost} visits are not counted")
    arrived.promise(not twice, f"{twice} visits are counted that were not there, or twice")
    sums = (func.coalesce(func.sum(column), 0) for column in (visits.c.adults, visits.c.children))
    people = tuple(connection.execute(select(*sums).where(counted)).one())
    arrived.promise(people == desk.book.people(), f"{people} people are counted, not {desk.book.people()}")


def _chain(connection: Connection, desk: Desk, arrived: Arrived) -> None:
    columns = (
        epochs.c.opened,
        epochs.c.upto,
        epochs.c.last_seq,
        epochs.c.row_count,
        epochs.c.previous_epoch,
        epochs.c.previous_last,
    )
    rows = connection.execute(select(epochs.c.epoch, *columns).where(epochs.c.kiosk_id == desk.kiosk)).all()
    known = {epoch: columns for epoch, *columns in rows}
    before: tuple[str | None, int | None] = None, None
    for epoch in desk.epochs:
        if epoch not in known:
            arrived.broken.append(f"the start {epoch} is not there")
            return
        opened, upto, last, count, *previous = known[epoch]
        whole = opened and upto == last == count - 1
        arrived.promise(
            whole, f"of the start {epoch} there are {count} records, up to {last}, claimed to {upto}"
        )
        arrived.promise(tuple(previous) == before, f"the start {epoch} does not name the one before")
        before = epoch, last


def _journal(desk: Desk) -> dict[tuple[str, int], bytes]:
    """What the kiosk's own file holds."""
    with closing(sqlite3.connect(desk.path)) as journal:
        rows = journal.execute("SELECT epoch, seq, body FROM records JOIN epochs USING (ordinal)").fetchall()
    return {(epoch, seq): digest(body) for epoch, seq, body in rows}
