"""Proof of the totals: counted again from the facts, and compared.

Who came and how many is read from the stored bytes; where and when is taken as it was interpreted then,
and so is what the register said of a card when its visit was matched. That it is matched is compared.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from sqlalchemy import Connection, RowMapping, select

from agent.wire.messages import WireError, decode_record
from agent.wire.records import ByHand, Correction, Record, Scan
from server.adapters.correction_order import in_order
from server.adapters.database import Database
from server.adapters.record_tables import amendments, epochs, records, rollups, visits
from server.adapters.rollups import KEY_COLUMNS
from server.adapters.tables import cards
from server.adapters.visit_rows import bearer_in
from server.domain.amendments import Corrections, Fact, Name, Order, Standing, standings
from server.domain.bearers import NOBODY, Bearer, kind_of
from server.domain.visits import RollupKey, Tally, tally_of

_VISIT: Final = (
    "day",
    "venue_id",
    "hour",
    "verdict",
    "quality",
    "counted",
    "kind",
    "code",
    "card_id",
    "distributor_id",
    "issued_year",
    "unlisted",
    "pseudonym",
)
_CHUNK_ROWS: Final = 5_000


@dataclass(slots=True)
class Verified:
    """How many records were read, how many count, and in plain sentences what does not agree."""

    records: int = 0
    counted: int = 0
    differences: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Count:
    """The facts, counted one after the other; those of which others say something wait for the end."""

    outcome: Verified
    said_of: set[Name]
    sums: dict[RollupKey, Tally] = field(default_factory=dict)
    waiting: list[tuple[Fact, RowMapping]] = field(default_factory=list)
    corrections: dict[Name, list[tuple[Order, Correction]]] = field(default_factory=lambda: defaultdict(list))
    ordered: Corrections = field(default_factory=dict)

    def add(self, row: RowMapping) -> None:
        self.outcome.records += 1
        try:
            record = decode_record(row["body"])
        except WireError as error:
            self._differs(row, f"cannot be read any more: {error}")
            return
        self._take(row, record)

    def _take(self, row: RowMapping, record: Record) -> None:
        name = Name(row["kiosk_id"], row["epoch"], row["seq"])
        match record:
            case Correction(of=of):
                order = Order(0, name.epoch, row["seq"], row["digest"])
                self.corrections[Name(name.kiosk, of.epoch, of.seq)].append((order, record))
            case Scan() | ByHand():
                if row["day"] is None:
                    self._differs(row, "a scan without its visit")
                    return
                placed = row["state"] != "misplaced"
                if isinstance(record, Scan) and _still_sealed(record, row):
                    self._differs(row, "its visit has no code any more, and the record still has it, sealed")
                fact = Fact(row["id"], name, row["digest"], record, placed, _bearer(record, row))
                if name in self.said_of or (isinstance(record, ByHand) and record.adopts):
                    self.waiting.append((fact, row))
                else:
                    self.count([(fact, row)])
            case _:
                pass

    def count(self, facts: Iterable[tuple[Fact, RowMapping]]) -> None:
        found = tuple(facts)
        stand = standings((fact for fact, _ in found), self.ordered)
        for fact, row in found:
            self._counts(stand[fact.id], row)

    def _counts(self, standing: Standing, row: RowMapping) -> None:
        if standing.counted != row["counted"]:
            self._differs(row, "its visit is counted where the fact is not, or the other way round")
        if standing.bearer != bearer_in(dict(row)):
            self._differs(row, "its visit has another card than the fact")
        if row["card_id"] != row["in_register"]:
            self._differs(row, "its visit is not matched to the card that the register has of its code")
        if standing.counted:
            self.outcome.counted += 1
            key = RollupKey(row["day"], row["venue_id"], row["hour"], standing.bearer.kind, row["kiosk_id"])
            part = tally_of(
                standing.party, row["verdict"], row["quality"], matched=standing.bearer.is_matched
            )
            self.sums[key] = self.sums.get(key, Tally()).plus(part)

    def _differs(self, row: RowMapping, fault: str) -> None:
        self.outcome.differences.append(f"record {row['id']}: {fault}")


def verify(database: Database) -> Verified:
    """Recompute all totals as of one moment. It costs every record: for a person, not for a page."""
    with database.reading() as connection:
        outcome = Verified()
        expected = _from_facts(connection, outcome)
        kept = _kept(connection)
    for key in sorted(expected.keys() | kept.keys()):
        facts, totals = expected.get(key, Tally()), kept.get(key, Tally())
        if facts != totals:
            place = f"{key.day} {key.venue} {key.hour:02d} {key.kind} {key.kiosk}"
            outcome.differences.append(f"{place}: facts {_text(facts)}, totals {_text(totals)}")
    return outcome


def _from_facts(connection: Connection, outcome: Verified) -> dict[RollupKey, Tally]:
    said_of = select(amendments.c.kiosk_id, amendments.c.of_epoch, amendments.c.of_seq)
    count = _Count(outcome, {Name(*row) for row in connection.execute(said_of)})
    query = (
        select(
            records.c.id,
            records.c.seq,
            records.c.digest,
            records.c.state,
            records.c.body,
            epochs.c.kiosk_id,
            epochs.c.epoch,
            cards.c.id.label("in_register"),
            *(visits.c[name] for name in _VISIT),
        )
        .join(epochs, epochs.c.id == records.c.epoch_id)
        .outerjoin(visits, visits.c.record_id == records.c.id)
        .outerjoin(cards, cards.c.code == visits.c.code)
        .where(records.c.state != "refused")
    )
    for row in connection.execution_options(yield_per=_CHUNK_ROWS).execute(query).mappings():
        count.add(row)
    count.ordered = in_order(connection, count.corrections)
    count.count(count.waiting)
    return count.sums


def _still_sealed(record: Scan, row: RowMapping) -> bool:
    return row["code"] is None and bool(record.code_sealed) and not record.test


def _bearer(record: Scan | ByHand, row: RowMapping) -> Bearer:
    """Of a scan: what the kiosk said, and beside it what the register said when the visit was matched."""
    if isinstance(record, ByHand):
        return NOBODY
    kept = bearer_in(dict(row))
    told = Bearer(kind=kind_of(record.card_kind), unlisted=record.card_kind is None and not record.test)
    return replace(
        kept, unlisted=told.unlisted, kind=kept.kind if told.unlisted and kept.is_matched else told.kind
    )


def _kept(connection: Connection) -> Mapping[RollupKey, Tally]:
    rows = connection.execute(select(rollups)).mappings()
    return {
        RollupKey(*(row[name] for name in KEY_COLUMNS)): Tally(*(row[name] for name in Tally._fields))
        for row in rows
    }


def _text(total: Tally) -> str:
    return " ".join(f"{name}={value}" for name, value in total._asdict().items())
