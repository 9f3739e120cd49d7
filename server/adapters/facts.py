"""Facts into the store: each once by (kiosk, epoch, seq, digest), with its visit and its totals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select, tuple_

from agent.wire.messages import ClockPair, Receipt, Refused
from server.adapters.database import insert
from server.adapters.places import Place
from server.adapters.rollups import add_to_rollups
from server.adapters.tables import clock_pairs, epochs, records, visits
from server.domain.arrivals import BatchArrived
from server.domain.facts import (
    Content,
    Named,
    RecordState,
    Refusal,
    Scanned,
    Unseal,
    name_rows,
    read,
    type_of,
)
from server.domain.seen import EARLIEST, LATEST, seen
from server.domain.visits import Spot, Visit, add_up, interpret, is_placed, key_of, tally_of


@dataclass(frozen=True, slots=True)
class Delivery:
    """A batch with what is known of the kiosk that sent it."""

    arrived: BatchArrived
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class _New:
    epoch_id: int
    row: Named
    content: Content
    received_at: datetime
    state: RecordState
    conflict: bool
    why: str
    visit: Visit | None


_Known = dict[tuple[int, int], dict[bytes, str]]
"""(epoch, seq) → digest → why it was refused, empty where it was not."""


class FactWriter:
    """Writes deliveries within the caller's transaction."""

    def __init__(self, unseal: Unseal, zone: ZoneInfo) -> None:
        self._unseal = unseal
        self._zone = zone

    def write(
        self, connection: Connection, generation: str, deliveries: Sequence[Delivery]
    ) -> list[tuple[str, Receipt]]:
        """Store what is new. The receipts, by kiosk, are true once the transaction is committed."""
        ids = _epoch_ids(connection, [delivery.arrived for delivery in deliveries])
        known: _Known = {}
        fresh: list[_New] = []
        receipts: list[tuple[str, Receipt]] = []
        for delivery in deliveries:
            arrived = delivery.arrived
            epoch_id = ids[arrived.kiosk, arrived.batch.epoch]
            _learn(connection, known, epoch_id, arrived)
            rows = name_rows(arrived.batch)
            fresh += self._new(known, epoch_id, rows, delivery)
            refused = (Refused(seq=row.seq, why=known[epoch_id, row.seq][row.digest]) for row in rows)
            receipt = Receipt(
                generation=generation,
                epoch=arrived.batch.epoch,
                upto=rows[-1].seq,
                refused=tuple(entry for entry in refused if entry.why),
            )
            receipts.append((arrived.kiosk, receipt))
        _insert(connection, fresh)
        _keep_pairs(connection, [delivery.arrived for delivery in deliveries])
        return receipts

    def _new(self, known: _Known, epoch_id: int, rows: Sequence[Named], delivery: Delivery) -> list[_New]:
        fresh = []
        for row in rows:
            siblings = known.setdefault((epoch_id, row.seq), {})
            if row.digest not in siblings:
                new = self._judge(epoch_id, row, delivery, other=bool(siblings))
                siblings[row.digest] = new.why if new.state == "refused" else ""
                fresh.append(new)
        return fresh

    def _judge(self, epoch_id: int, row: Named, delivery: Delivery, *, other: bool) -> _New:
        content = read(row, self._unseal)
        visit: Visit | None = None
        state: RecordState = "stored"
        why = ""
        match content:
            case Refusal():
                state, why = "refused", content.why
            case Scanned():
                visit = self._visit(content, delivery)
                if not is_placed(content.scan, delivery.place.zones):
                    state, why = "misplaced", "the kiosk was never assigned to the venue"
        received_at = delivery.arrived.at
        return _New(
            epoch_id=epoch_id,
            row=row,
            content=content,
            received_at=received_at,
            state=state,
            conflict=other,
            why=why,
            visit=visit,
        )

    def _visit(self, content: Scanned, delivery: Delivery) -> Visit:
        arrived, zones = delivery.arrived, delivery.place.zones
        when = seen(content.scan.clock, arrived.batch.clock, arrived.at)
        venue = content.scan.venue
        spot = Spot(arrived.kiosk, zones.get(venue, self._zone), placed=is_placed(content.scan, zones))
        return interpret(content.scan, content.code, when, spot)


def _epoch_ids(connection: Connection, arrivals: Sequence[BatchArrived]) -> dict[tuple[str, str], int]:
    """Ids of the epochs, made where new, and locked: two writers of one epoch go one after the other."""
    first = {(a.kiosk, a.batch.epoch): a.at for a in reversed(arrivals)}
    connection.execute(
        insert(connection, epochs).on_conflict_do_nothing(),
        [
            {"kiosk_id": kiosk, "epoch": epoch, "first_received_at": at}
            for (kiosk, epoch), at in sorted(first.items())
        ],
    )
    rows = connection.execute(
        select(epochs.c.kiosk_id, epochs.c.epoch, epochs.c.id)
        .where(tuple_(epochs.c.kiosk_id, epochs.c.epoch).in_(list(first)))
        .order_by(epochs.c.id)
        .with_for_update()
    )
    return {(kiosk, epoch): identifier for kiosk, epoch, identifier in rows}


def _learn(connection: Connection, known: _Known, epoch_id: int, arrived: BatchArrived) -> None:
    first, last = arrived.batch.first, arrived.batch.first + len(arrived.batch.rows) - 1
    rows = connection.execute(
        select(records.c.seq, records.c.digest, records.c.state, records.c.why).where(
            records.c.epoch_id == epoch_id, records.c.seq.between(first, last)
        )
    )
    for seq, digest, state, why in rows:
        known.setdefault((epoch_id, seq), {})[digest] = why if state == "refused" else ""


def _insert(connection: Connection, fresh: Sequence[_New]) -> None:
    if not fresh:
        return
    ids = connection.scalars(
        records.insert().returning(records.c.id, sort_by_parameter_order=True),
        [
            {
                "epoch_id": new.epoch_id,
                "seq": new.row.seq,
                "digest": new.row.digest,
                "type": type_of(new.content),
                "body": new.row.body,
                "received_at": new.received_at,
                "state": new.state,
                "conflict": new.conflict,
                "why": new.why,
            }
            for new in fresh
        ],
    ).all()
    found = [(record, new.visit) for record, new in zip(ids, fresh, strict=True) if new.visit]
    if found:
        connection.execute(visits.insert(), [_visit_row(record, visit) for record, visit in found])
    add_to_rollups(
        connection,
        add_up((key_of(visit), tally_of(visit.party, visit.verdict)) for _, visit in found if visit.counted),
    )


def _visit_row(record: int, visit: Visit) -> dict[str, object]:
    return {
        "record_id": record,
        "kiosk_id": visit.kiosk,
        "venue_id": visit.venue,
        "seen_at": visit.seen_at,
        "quality": visit.quality,
        "day": visit.day,
        "hour": visit.hour,
        "verdict": visit.verdict,
        "reason": visit.reason,
        "shown": visit.shown,
        "kind": visit.kind,
        "adults": visit.party.adults,
        "children": visit.party.children,
        "assistants": visit.party.assistants,
        "code": visit.code.reveal(),
        "counted": visit.counted,
    }


def _keep_pairs(connection: Connection, arrivals: Sequence[BatchArrived]) -> None:
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
