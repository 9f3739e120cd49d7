"""Judged records into their tables: the row, and what it means for visits, digests, totals and others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, update

from agent.wire.records import Stamp
from server.adapters.amendments import Amendment, amended, amendment_of, keep, settle
from server.adapters.record_tables import digests, records, visits
from server.adapters.rollups import add_to_rollups
from server.adapters.visit_rows import visit_row
from server.domain.amendments import Name
from server.domain.facts import Content, Corrected, LetIn, Named, RecordState, type_of
from server.domain.visits import Visit, add_up, key_of, tally_for

Starts = Mapping[int, tuple[str, str]]
"""By the epoch's number in the store: its kiosk, and its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecord:
    """A record that is new, or newly understood, as it was judged."""

    row: Named
    content: Content
    received_at: datetime
    at: datetime
    """When it was written, as well as is known."""
    state: RecordState = "stored"
    why: str = ""
    stamp: Stamp | None = None
    visit: Visit | None = None
    digested: datetime | None = None
    """Until when a digest speaks."""

    @property
    def refused(self) -> str:
        return self.why if self.state == "refused" else ""


def insert_records(
    connection: Connection,
    fresh: Sequence[tuple[int, NewRecord, bool]],
    starts: Starts,
) -> None:
    if not fresh:
        return
    ids = connection.scalars(
        records.insert().returning(records.c.id, sort_by_parameter_order=True),
        [
            {
                "epoch_id": epoch_id,
                "seq": new.row.seq,
                "digest": new.row.digest,
                "type": type_of(new.content),
                "body": new.row.body,
                "received_at": new.received_at,
                "state": new.state,
                "conflict": other,
                "why": new.why,
            }
            for epoch_id, new, other in fresh
        ],
    ).all()
    found = [(number, epoch_id, new) for number, (epoch_id, new, _) in zip(ids, fresh, strict=True)]
    _interpret(connection, found, starts)


def read_again(connection: Connection, found: Sequence[tuple[int, int, NewRecord]], starts: Starts) -> None:
    if not found:
        return
    connection.execute(
        update(records)
        .where(records.c.id == bindparam("of"))
        .values(
            type=bindparam("kind"),
            state=bindparam("now"),
            why=bindparam("because"),
            # As it came this time: a letter that was forgotten has none, and some codes are not kept.
            body=bindparam("kept"),
        ),
        [
            {
                "of": number,
                "kind": type_of(new.content),
                "now": new.state,
                "because": new.why,
                "kept": new.row.body,
            }
            for number, _, new in found
        ],
    )
    _interpret(connection, found, starts)


def _interpret(connection: Connection, found: Sequence[tuple[int, int, NewRecord]], starts: Starts) -> None:
    """Digests, visits and amendments among the records (number, epoch, record); the totals with them."""
    told = [(number, epoch_id, new, new.digested) for number, epoch_id, new in found if new.digested]
    if told:
        connection.execute(
            digests.insert(),
            [
                {"record_id": number, "kiosk_id": starts[of][0], "epoch_id": of, "seq": new.row.seq, "at": at}
                for number, of, new, at in told
            ],
        )
    seen_now = [(number, new.visit) for number, _, new in found if new.visit]
    if seen_now:
        connection.execute(visits.insert(), [visit_row(number, visit) for number, visit in seen_now])
    counted = [visit for _, visit in seen_now if visit.counted]
    add_to_rollups(
        connection,
        add_up((key_of(visit), tally_for(visit)) for visit in counted),
    )
    _amend(connection, found, starts)


def _amend(
    connection: Connection,
    found: Sequence[tuple[int, int, NewRecord]],
    starts: Starts,
) -> None:
    """What the new records say of others, and what others said of them before they came."""
    names = {Name(*starts[of], new.row.seq) for _, of, new in found if new.visit}
    made: list[Amendment] = []
    for number, of, new in found:
        match new.content:
            case LetIn(said) | Corrected(said):
                made += filter(None, [amendment_of(starts[of][0], number, said)])
    keep(connection, made)
    settle(connection, {one.of for one in made} | amended(connection, names))
