"""Records that say something of others: what they touch is worked out anew, with its visits and totals."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, RowMapping, select, tuple_

from agent.wire.messages import decode_record
from agent.wire.records import ByHand, Correction, Scan
from server.adapters.correction_order import in_order
from server.adapters.record_tables import amendments, epochs, records, visits
from server.adapters.visit_rows import bearer_in, bearer_row, change_visits
from server.domain.amendments import Fact, Name, Order, Standing, adopted_name, standings, target
from server.domain.bearers import NOBODY

_CHUNK: Final = 200
_OF: Final = (amendments.c.kiosk_id, amendments.c.of_epoch, amendments.c.of_seq)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Amendment:
    """Record ``record`` says something of the one that is called ``of``."""

    record: int
    of: Name


def amendment_of(kiosk: str, record: int, said: ByHand | Correction) -> Amendment | None:
    name = said.adopts if isinstance(said, ByHand) else said.of
    return Amendment(record, target(kiosk, name)) if name else None


def keep(connection: Connection, made: Sequence[Amendment]) -> None:
    if made:
        connection.execute(
            amendments.insert(),
            [
                {
                    "record_id": one.record,
                    "kiosk_id": one.of.kiosk,
                    "of_epoch": one.of.epoch,
                    "of_seq": one.of.seq,
                }
                for one in made
            ],
        )


def amended(connection: Connection, fresh: Collection[Name]) -> set[Name]:
    """Those of ``fresh`` of which another record says something already."""
    starts = sorted({(name.kiosk, name.epoch) for name in fresh})
    found: set[Name] = set()
    for some in _chunks(starts):
        within = tuple_(amendments.c.kiosk_id, amendments.c.of_epoch).in_(some)
        found |= {Name(*row) for row in connection.execute(select(*_OF).where(within))}
    return found & set(fresh)


def settle(connection: Connection, touched: Collection[Name]) -> None:
    """Bring visits and totals to what all the records that concern ``touched`` say together."""
    if not touched:
        return
    known = _facts(connection, touched)
    scans = {*touched, *(name for fact, _ in known if (name := adopted_name(fact)) is not None)}
    adopters = _adopters(connection, scans)
    missing = (scans | adopters) - set(touched)
    known += _facts(connection, missing)
    corrections = in_order(connection, _corrections(connection, {*touched, *missing}))
    stand = standings((fact for fact, _ in known), corrections)
    whole = [
        (row, stand[fact.id])
        for fact, row in known
        if (name := adopted_name(fact)) is None or name in scans  # else the scan it adopts was not asked for
    ]
    changes = [(dict(row), _as_said(now)) for row, now in whole]
    change_visits(connection, [(row, new) for row, new in changes if new.items() - row.items()])


def _facts(connection: Connection, names: Collection[Name]) -> list[tuple[Fact, RowMapping]]:
    """Each with its visit's row."""
    found = []
    for row in _by_name(connection, names, ("scan/1", "by_hand/1")):
        record = decode_record(row["body"])
        if isinstance(record, Scan | ByHand):
            bearer = bearer_in(dict(row)) if isinstance(record, Scan) else NOBODY
            placed = row["state"] != "misplaced"
            found.append((Fact(row["id"], _name(row), row["digest"], record, placed, bearer), row))
    return found


def _adopters(connection: Connection, names: Collection[Name]) -> set[Name]:
    found: set[Name] = set()
    for some in _chunks(sorted(names)):
        rows = connection.execute(
            select(epochs.c.kiosk_id, epochs.c.epoch, records.c.seq)
            .join(records, records.c.epoch_id == epochs.c.id)
            .join(amendments, amendments.c.record_id == records.c.id)
            .where(tuple_(*_OF).in_(some), records.c.type == "by_hand/1")
        )
        found |= {Name(*row) for row in rows}
    return found


def _corrections(
    connection: Connection, names: Collection[Name]
) -> dict[Name, list[tuple[Order, Correction]]]:
    found: dict[Name, list[tuple[Order, Correction]]] = defaultdict(list)
    columns = (epochs.c.epoch, records.c.seq, records.c.digest, records.c.body)
    for some in _chunks(sorted(names)):
        rows = connection.execute(
            select(*_OF, *columns)
            .join(records, records.c.id == amendments.c.record_id)
            .join(epochs, epochs.c.id == records.c.epoch_id)
            .where(tuple_(*_OF).in_(some), records.c.type == "correction/1")
        )
        for kiosk, epoch, seq, own_epoch, own_seq, digest, body in rows:
            correction = decode_record(body)
            if isinstance(correction, Correction):
                found[Name(kiosk, epoch, seq)].append((Order(0, own_epoch, own_seq, digest), correction))
    return found


def _by_name(connection: Connection, names: Collection[Name], types: Sequence[str]) -> Iterator[RowMapping]:
    named = tuple_(epochs.c.kiosk_id, epochs.c.epoch, records.c.seq)
    for some in _chunks(sorted(names)):
        yield from connection.execute(
            select(
                records.c.id,
                records.c.seq,
                records.c.digest,
                records.c.body,
                records.c.state,
                epochs.c.kiosk_id,
                epochs.c.epoch,
                *(column for column in visits.c if column.name != "kiosk_id"),
            )
            .join(epochs, epochs.c.id == records.c.epoch_id)
            .join(visits, visits.c.record_id == records.c.id)
            .where(named.in_(some), records.c.type.in_(types))
        ).mappings()


def _as_said(now: Standing) -> dict[str, Any]:
    return {
        "adults": now.party.adults,
        "children": now.party.children,
        "assistants": now.party.assistants,
        "counted": now.counted,
        **bearer_row(now.bearer),
    }


def _name(row: RowMapping) -> Name:
    return Name(row["kiosk_id"], row["epoch"], row["seq"])


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """A statement holds only so many values."""
    return (items[at : at + _CHUNK] for at in range(0, len(items), _CHUNK))
