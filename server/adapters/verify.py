"""Proof of the totals: counted again from the facts, and compared.

Who came and how many is read from the stored bytes; where and when is taken as it was interpreted then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, RowMapping, select

from agent.wire.messages import WireError, decode_record
from agent.wire.records import Scan
from server.adapters.database import Database
from server.adapters.rollups import KEY_COLUMNS
from server.adapters.tables import records, rollups, visits
from server.domain.visits import RollupKey, Tally, is_counted, kind_of, tally_of

_VISIT: Final = ("day", "venue_id", "hour", "kiosk_id", "counted")
_CHUNK_ROWS: Final = 5_000


@dataclass(slots=True)
class Verified:
    """How many records were read, how many count, and in plain sentences what does not agree."""

    records: int = 0
    counted: int = 0
    differences: list[str] = field(default_factory=list)


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
    query = (
        select(records.c.id, records.c.state, records.c.body, *(visits.c[name] for name in _VISIT))
        .outerjoin(visits, visits.c.record_id == records.c.id)
        .where(records.c.state != "refused")
    )
    sums: dict[RollupKey, Tally] = {}
    for row in connection.execution_options(yield_per=_CHUNK_ROWS).execute(query).mappings():
        outcome.records += 1
        fault = _add(row, sums, outcome)
        if fault:
            outcome.differences.append(f"record {row['id']}: {fault}")
    return sums


def _add(row: RowMapping, sums: dict[RollupKey, Tally], outcome: Verified) -> str:
    """Take one record into the sums; says what is wrong with it, if anything."""
    try:
        record = decode_record(row["body"])
    except WireError as error:
        return f"cannot be read any more: {error}"
    if not isinstance(record, Scan):
        return ""
    if row["day"] is None:
        return "a scan without its visit"
    counted = is_counted(record, placed=row["state"] != "misplaced")
    if counted != row["counted"]:
        return "its visit is counted where the fact is not, or the other way round"
    if counted:
        outcome.counted += 1
        key = RollupKey(row["day"], row["venue_id"], row["hour"], kind_of(record.card_kind), row["kiosk_id"])
        sums[key] = sums.get(key, Tally()).plus(tally_of(record.party, record.verdict))
    return ""


def _kept(connection: Connection) -> Mapping[RollupKey, Tally]:
    rows = connection.execute(select(rollups)).mappings()
    return {
        RollupKey(*(row[name] for name in KEY_COLUMNS)): Tally(*(row[name] for name in Tally._fields))
        for row in rows
    }


def _text(total: Tally) -> str:
    return " ".join(f"{name}={value}" for name, value in total._asdict().items())
