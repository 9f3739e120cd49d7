"""The kiosks' books as the proof of completeness needs them: names of records, read for one span of time."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, get_args

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, text

from server.adapters.presence import presences
from server.adapters.tables import UNSETTLED, digests, endings, epochs, kiosks, records
from server.domain.books import Books, Digest, Ending, EpochFacts, Flaw, Place
from server.domain.presence import Presence, silent_since
from server.domain.seen import LONGEST_MS

_CHUNK: Final = 200
"""Kiosks in one statement: SQLite bounds the depth of an expression."""
_FACTS: Final = tuple(
    epochs.c[name]
    for name in (
        "id",
        "kiosk_id",
        "epoch",
        "last_seq",
        "row_count",
        "last_at",
        "opened",
        "previous_epoch",
        "previous_last",
        "set_aside",
        "opened_ms",
        "last_ms",
    )
)
_STATES: Final[tuple[Flaw, ...]] = get_args(Flaw)


def read_books(
    connection: Connection, names: Collection[str], start: datetime, end: datetime
) -> dict[str, Books]:
    """Of each kiosk what lies between the last digest before ``start`` and the first one after ``end``.

    Where the chain leads further down than that, all of the kiosk's epochs are read; where a card was copied
    or put back, all of its digests, too: each card has its own last one before ``start``.
    """
    books: dict[str, Books] = {}
    ordered = sorted(names)
    for some in (ordered[at : at + _CHUNK] for at in range(0, len(ordered), _CHUNK)):
        books |= _read(connection, some, start, end)
    return books


def _read(connection: Connection, names: Collection[str], start: datetime, end: datetime) -> dict[str, Books]:
    forked = set(connection.scalars(select(kiosks.c.id).where(kiosks.c.forked, kiosks.c.id.in_(names))))
    told = _digests(connection, names, forked, start, end)
    floors = {
        kiosk: marks[0].place.epoch
        for kiosk, marks in told.items()
        if kiosk not in forked and marks and marks[0].at <= start
    }
    found = _epochs(connection, names, floors)
    torn = {kiosk for kiosk, rows in found.items() if kiosk in floors and not _reaches(rows, floors[kiosk])}
    if torn:
        found |= _epochs(connection, torn, {})
    flaws = _flaws(connection, names)
    gone = _endings(connection, forked) if forked else {}
    heard = presences(connection, set(names))
    return {
        kiosk: Books(
            epochs=tuple(found.get(kiosk, ())),
            digests=tuple(told.get(kiosk, ())),
            flaws=tuple(flaws.get(kiosk, ())),
            endings=tuple(gone.get(kiosk, ())),
            whole=kiosk not in floors or kiosk in torn,
            silent_since=silent_since(heard.get(kiosk, Presence())),
        )
        for kiosk in names
    }


def books_of_forked(connection: Connection) -> dict[str, Books]:
    """The starts of each kiosk whose memory card was ever copied or put back, and what was said of them."""
    names = connection.scalars(select(kiosks.c.id).where(kiosks.c.forked).order_by(kiosks.c.id))
    return books_of_starts(connection, list(names))


def books_of_starts(connection: Connection, names: Collection[str]) -> dict[str, Books]:
    """Without digests and flaws."""
    if not names:
        return {}
    found, gone = _epochs(connection, names, {}), _endings(connection, names)
    return {
        kiosk: Books(epochs=tuple(found.get(kiosk, ())), endings=tuple(gone.get(kiosk, ())))
        for kiosk in names
    }


def _endings(connection: Connection, names: Collection[str]) -> Mapping[str, list[Ending]]:
    rows = connection.execute(
        select(endings.c.kiosk_id, endings.c.epoch_id, endings.c.last_seq, endings.c.row_count).where(
            endings.c.kiosk_id.in_(names), endings.c.taken_back_at.is_(None)
        )
    )
    found: dict[str, list[Ending]] = defaultdict(list)
    for kiosk, epoch, last, count in rows:
        found[kiosk].append(Ending(Place(epoch, last), count))
    return found


def _digests(
    connection: Connection, names: Collection[str], forked: Collection[str], start: datetime, end: datetime
) -> Mapping[str, list[Digest]]:
    of, at = digests.c.kiosk_id, digests.c.at
    # Each end is one look into the index; to group would read every digest there is.
    before = select(func.max(at)).where(of == kiosks.c.id, at <= start).scalar_subquery()
    after = select(func.min(at)).where(of == kiosks.c.id, at >= end).scalar_subquery()
    ends = connection.execute(
        select(kiosks.c.id, before, after).where(kiosks.c.id.in_(names), kiosks.c.id.not_in(forked))
    )
    within = [and_(of == kiosk, *_bounds(first, last)) for kiosk, first, last in ends]
    rows = connection.execute(
        select(of, digests.c.epoch_id, digests.c.seq, at)
        .where(or_(of.in_(forked), *within))
        .order_by(at, digests.c.record_id)
    )
    found: dict[str, list[Digest]] = defaultdict(list)
    for kiosk, epoch, seq, at in rows:
        found[kiosk].append(Digest(Place(epoch, seq), at))
    return found


def _bounds(first: datetime | None, last: datetime | None) -> Iterator[ColumnElement[bool]]:
    if first is not None:
        yield digests.c.at >= first
    if last is not None:
        yield digests.c.at <= last


def _epochs(
    connection: Connection, names: Collection[str], floors: Mapping[str, int]
) -> dict[str, list[EpochFacts]]:
    of = epochs.c.kiosk_id
    free = [kiosk for kiosk in names if kiosk not in floors]
    within = [and_(of == kiosk, epochs.c.id >= floor) for kiosk, floor in floors.items() if kiosk in names]
    rows = connection.execute(
        select(*_FACTS)
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
                set_aside=row["set_aside"],
                holes=_holes(connection, row["id"]) if holed else (),
                first_at=_first_at(row["last_at"], row["opened_ms"], row["last_ms"]),
            )
        )
    return found


def _first_at(last_at: datetime | None, opened_ms: int | None, last_ms: int | None) -> datetime | None:
    """A start lies within one boot, so one stopwatch spans it. No boot lasts longer than some years."""
    if last_at is None or opened_ms is None or last_ms is None:
        return None
    return last_at - timedelta(milliseconds=min(max(0, last_ms - opened_ms), LONGEST_MS))


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


def _flaws(connection: Connection, names: Collection[str]) -> Mapping[str, list[tuple[Place, Flaw]]]:
    rows = connection.execute(
        select(epochs.c.kiosk_id, records.c.epoch_id, records.c.seq, records.c.state, records.c.conflict)
        .join(epochs, epochs.c.id == records.c.epoch_id)
        .where(text(f"({UNSETTLED})"), epochs.c.kiosk_id.in_(names))
    )
    found: dict[str, list[tuple[Place, Flaw]]] = defaultdict(list)
    for kiosk, epoch, seq, state, conflict in rows:
        place = Place(epoch, seq)
        found[kiosk] += [
            (place, flaw) for flaw in _STATES if flaw == state or (flaw == "conflict" and conflict)
        ]
    return found
