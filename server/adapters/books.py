"""The kiosks' books as the proof of completeness needs them: names of records, read for one span of time."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, get_args

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, or_, select, text

from server.adapters.clock_pairs import readings_of
from server.adapters.dating import clock_in
from server.adapters.presence import presences
from server.adapters.record_tables import UNSETTLED, digests, endings, epochs, records
from server.adapters.tables import kiosks
from server.domain.books import Books, Digest, Ending, EpochFacts, Flaw, Place
from server.domain.dating import EpochClock, Times
from server.domain.presence import Presence, silent_since

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
        "at_least",
        "set_aside",
        "boot_id",
        "opened_ms",
        "last_ms",
    )
)
_NEXT: Final = epochs.alias()
_FIRST_FOLLOWER: Final = (
    select(func.min(_NEXT.c.id))
    .where(_NEXT.c.kiosk_id == epochs.c.kiosk_id, _NEXT.c.previous_epoch == epochs.c.epoch)
    .scalar_subquery()
    .label("first_follower")
)
"""Of the starts that follow one, the first that came."""
_STATES: Final[tuple[Flaw, ...]] = get_args(Flaw)


def read_books(
    connection: Connection, names: Collection[str], start: datetime, end: datetime
) -> dict[str, Books]:
    """Of each kiosk what lies between the last digest before ``start`` and the first one after ``end``.

    Where the chain leads further down than that, is in pieces, or came in another order than it was written
    in, all of the kiosk's epochs are read; where a card was copied or put back, all of its digests, too: each
    card has its own last one before ``start``.
    """
    books: dict[str, Books] = {}
    ordered = sorted(names)
    for some in (ordered[at : at + _CHUNK] for at in range(0, len(ordered), _CHUNK)):
        books |= _read(connection, some, start, end)
    return books


def _read(connection: Connection, names: Collection[str], start: datetime, end: datetime) -> dict[str, Books]:
    of = connection.execute(
        select(kiosks.c.id, kiosks.c.forked, kiosks.c.torn).where(
            kiosks.c.id.in_(names), or_(kiosks.c.forked, kiosks.c.torn)
        )
    ).all()
    forked, pieces = {row.id for row in of if row.forked}, {row.id for row in of}
    told = _digests(connection, names, forked, start, end)
    floors = {
        kiosk: marks[0].place.epoch
        for kiosk, marks in told.items()
        if kiosk not in pieces and marks and marks[0].at <= start
    }
    rows = _starts(connection, names, floors)
    torn = {kiosk for kiosk, floor in floors.items() if not _is_all(rows.get(kiosk, ()), floor, told[kiosk])}
    if torn:
        rows |= _starts(connection, torn, {})
    found = _epochs(connection, rows, pieces | torn)
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
    found = _epochs(connection, _starts(connection, names, {}), names)
    gone = _endings(connection, names)
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
        .order_by(at, digests.c.epoch_id, digests.c.seq)
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


def _starts(
    connection: Connection, names: Collection[str], floors: Mapping[str, int]
) -> dict[str, list[RowMapping]]:
    """By kiosk, in the order of their times; where there is a floor, those that came since that one."""
    of = epochs.c.kiosk_id
    free = [kiosk for kiosk in names if kiosk not in floors]
    within = [and_(of == kiosk, epochs.c.id >= floor) for kiosk, floor in floors.items() if kiosk in names]
    rows = connection.execute(
        select(*_FACTS, _FIRST_FOLLOWER)
        .where(or_(of.in_(free), *within))
        # By their own times, not by arrival: after a restore the newest may come before the oldest.
        .order_by(func.coalesce(epochs.c.last_at, epochs.c.first_received_at), epochs.c.epoch)
    ).mappings()
    of_kiosk: dict[str, list[RowMapping]] = defaultdict(list)
    for row in rows:
        of_kiosk[row["kiosk_id"]].append(row)
    return of_kiosk


def _is_all(rows: Collection[RowMapping], floor: int, told: Collection[Digest]) -> bool:
    """Whether ``rows``, which came since the floor, are all that was written since.

    The forerunner of each is among them, down to the floor, and none that follows came before the floor.
    """
    names, numbers = {row["epoch"] for row in rows}, {row["id"] for row in rows}
    return numbers.issuperset(digest.place.epoch for digest in told) and all(
        (row["id"] == floor or row["previous_epoch"] is None or row["previous_epoch"] in names)
        and (row["first_follower"] is None or row["first_follower"] >= floor)
        for row in rows
    )


def _epochs(
    connection: Connection, starts: Mapping[str, Sequence[RowMapping]], timed: Collection[str]
) -> dict[str, list[EpochFacts]]:
    """Of the kiosks ``timed``, of which all is read, with what is known of the times of their starts."""
    found: dict[str, list[EpochFacts]] = {}
    for kiosk, rows in starts.items():
        facts = [_facts(connection, row) for row in rows]
        found[kiosk] = _timed(connection, kiosk, rows, facts) if kiosk in timed else facts
    return found


def _facts(connection: Connection, row: RowMapping) -> EpochFacts:
    return EpochFacts(
        id=row["id"],
        name=row["epoch"],
        last=row["last_seq"],
        last_at=row["last_at"],
        opened=row["opened"],
        previous=row["previous_epoch"],
        previous_last=row["previous_last"],
        at_least=row["at_least"],
        set_aside=row["set_aside"],
        holes=_holes(connection, row["id"]) if row["row_count"] <= row["last_seq"] else (),
        sure=False,
    )


def _timed(
    connection: Connection, kiosk: str, rows: Sequence[RowMapping], facts: Sequence[EpochFacts]
) -> list[EpochFacts]:
    """One kiosk's, with what is known of when its starts were written."""
    clocks = [clock_in(row) for row in rows]
    times = Times([clock for clock in clocks if clock is not None], readings_of(connection, kiosk))
    return [_dated(epoch, clock, times) for epoch, clock in zip(facts, clocks, strict=True)]


def _dated(epoch: EpochFacts, clock: EpochClock | None, times: Times) -> EpochFacts:
    if clock is None:
        return epoch
    first, last = times.when(clock, clock.opened_ms), times.when(clock, clock.last_ms)
    if first is not None and last is not None:
        return replace(epoch, first_at=first, last_at=last, sure=True)
    bounds = times.bounds(clock)
    return replace(epoch, not_before=bounds.first, last_at=bounds.last or epoch.last_at)


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
