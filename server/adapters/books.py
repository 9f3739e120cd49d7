"""The kiosks' books as the proof of completeness needs them: names of records, read for one span of time."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final, get_args

from sqlalchemy import Connection, and_, func, or_, select

from server.adapters.tables import digests, epochs, records
from server.domain.books import Books, Digest, EpochFacts, Flaw, Place

_CHUNK: Final = 200
"""Kiosks in one statement: SQLite bounds the depth of an expression."""
_STATES: Final[tuple[Flaw, ...]] = get_args(Flaw)

_NEXT: Final = epochs.alias()
FORKS: Final = (
    select(_NEXT.c.kiosk_id)
    .outerjoin(epochs, (epochs.c.kiosk_id == _NEXT.c.kiosk_id) & (epochs.c.epoch == _NEXT.c.previous_epoch))
    .where(_NEXT.c.previous_epoch.is_not(None))
    .group_by(_NEXT.c.kiosk_id, _NEXT.c.previous_epoch)
    .having(or_(func.count() > 1, func.max(epochs.c.last_seq) > func.max(_NEXT.c.previous_last)))
    .subquery()
)
"""Starts that two go on from, or that went on themselves: a card's image runs twice, or was put back."""


def read_books(
    connection: Connection, kiosks: Collection[str], start: datetime, end: datetime
) -> dict[str, Books]:
    """Of each kiosk what lies between the last digest before ``start`` and the first one after ``end``.

    Where the chain leads further down than that, all of the kiosk's epochs are read; where a card was copied
    or put back, all of its digests, too: each card has its own last one before ``start``.
    """
    books: dict[str, Books] = {}
    names = sorted(kiosks)
    for some in (names[at : at + _CHUNK] for at in range(0, len(names), _CHUNK)):
        books |= _read(connection, some, start, end)
    return books


def _read(
    connection: Connection, kiosks: Collection[str], start: datetime, end: datetime
) -> dict[str, Books]:
    forked = set(connection.scalars(select(FORKS.c.kiosk_id).where(FORKS.c.kiosk_id.in_(kiosks))))
    told = _digests(connection, kiosks, forked, start, end)
    floors = {
        kiosk: marks[0].place.epoch
        for kiosk, marks in told.items()
        if kiosk not in forked and marks and marks[0].at <= start
    }
    found = _epochs(connection, kiosks, floors)
    torn = {kiosk for kiosk, rows in found.items() if kiosk in floors and not _reaches(rows, floors[kiosk])}
    if torn:
        found |= _epochs(connection, torn, {})
    flaws = _flaws(connection, kiosks)
    return {
        kiosk: Books(tuple(found.get(kiosk, ())), tuple(told.get(kiosk, ())), tuple(flaws.get(kiosk, ())))
        for kiosk in kiosks
    }


def _digests(
    connection: Connection, kiosks: Collection[str], forked: Collection[str], start: datetime, end: datetime
) -> Mapping[str, list[Digest]]:
    of = digests.c.kiosk_id
    before = (
        select(of, func.max(digests.c.at).label("at"))
        .where(of.in_(kiosks), digests.c.at <= start)
        .group_by(of)
        .subquery()
    )
    after = (
        select(of, func.min(digests.c.at).label("at"))
        .where(of.in_(kiosks), digests.c.at >= end)
        .group_by(of)
        .subquery()
    )
    rows = connection.execute(
        select(of, digests.c.epoch_id, digests.c.seq, digests.c.at)
        .outerjoin(before, before.c.kiosk_id == of)
        .outerjoin(after, after.c.kiosk_id == of)
        .where(
            of.in_(kiosks),
            or_(of.in_(forked), before.c.at.is_(None), digests.c.at >= before.c.at),
            or_(of.in_(forked), after.c.at.is_(None), digests.c.at <= after.c.at),
        )
        .order_by(digests.c.at, digests.c.record_id)
    )
    found: dict[str, list[Digest]] = defaultdict(list)
    for kiosk, epoch, seq, at in rows:
        found[kiosk].append(Digest(Place(epoch, seq), at))
    return found


def _epochs(
    connection: Connection, kiosks: Collection[str], floors: Mapping[str, int]
) -> dict[str, list[EpochFacts]]:
    of = epochs.c.kiosk_id
    free = [kiosk for kiosk in kiosks if kiosk not in floors]
    within = [and_(of == kiosk, epochs.c.id >= floor) for kiosk, floor in floors.items() if kiosk in kiosks]
    rows = connection.execute(
        select(epochs)
        .where(or_(of.in_(free), *within))
        # By their own times, not by arrival: after a restore the newest may come before the oldest.
        .order_by(func.coalesce(epochs.c.last_at, epochs.c.first_received_at), epochs.c.epoch)
    ).mappings()
    found: dict[str, list[EpochFacts]] = defaultdict(list)
    for row in rows:
        holed = row["row_count"] <= row["last_seq"]
        found[row["kiosk_id"]].append(
            EpochFacts(
                id=row["id"],
                name=row["epoch"],
                last=row["last_seq"],
                last_at=row["last_at"],
                opened=row["opened"],
                previous=row["previous_epoch"],
                previous_last=row["previous_last"],
                holes=_holes(connection, row["id"]) if holed else (),
            )
        )
    return found


def _reaches(rows: Collection[EpochFacts], floor: int) -> bool:
    """Whether each epoch's forerunner is among ``rows``, down to the floor."""
    names = {epoch.name for epoch in rows}
    return all(epoch.previous in names for epoch in rows if epoch.id != floor and epoch.previous is not None)


def _holes(connection: Connection, epoch: int) -> tuple[range, ...]:
    names = (
        select(records.c.seq)
        .where(records.c.epoch_id == epoch)
        .group_by(records.c.seq)
        .order_by(records.c.seq)
        .subquery()
    )
    pairs = select(
        names.c.seq, func.lag(names.c.seq, 1, -1).over(order_by=names.c.seq).label("before")
    ).subquery()
    rows = connection.execute(
        select(pairs.c.before, pairs.c.seq).where(pairs.c.seq > pairs.c.before + 1).order_by(pairs.c.seq)
    )
    return tuple(range(before + 1, seq) for before, seq in rows)


def _flaws(connection: Connection, kiosks: Collection[str]) -> Mapping[str, list[tuple[Place, Flaw]]]:
    rows = connection.execute(
        select(epochs.c.kiosk_id, records.c.epoch_id, records.c.seq, records.c.state, records.c.conflict)
        .join(epochs, epochs.c.id == records.c.epoch_id)
        .where(or_(records.c.state != "stored", records.c.conflict), epochs.c.kiosk_id.in_(kiosks))
    )
    found: dict[str, list[tuple[Place, Flaw]]] = defaultdict(list)
    for kiosk, epoch, seq, state, conflict in rows:
        place = Place(epoch, seq)
        found[kiosk] += [
            (place, flaw) for flaw in _STATES if flaw == state or (flaw == "conflict" and conflict)
        ]
    return found
