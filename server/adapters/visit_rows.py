"""A visit as its table keeps it, and the totals that go with it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, update

from agent.wire.card_code import CardCode
from agent.wire.records import Party
from server.adapters.record_tables import visits
from server.adapters.rollups import add_to_rollups
from server.domain.bearers import Bearer
from server.domain.visits import RollupKey, Tally, Visit, add_up, tally_of


def visit_row(record: int, visit: Visit) -> dict[str, object]:
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
        "adults": visit.party.adults,
        "children": visit.party.children,
        "assistants": visit.party.assistants,
        "counted": visit.counted,
        **bearer_row(visit.bearer),
    }


def bearer_row(bearer: Bearer) -> dict[str, Any]:
    return {
        "kind": bearer.kind,
        "code": bearer.code.reveal() if bearer.code else None,
        "pseudonym": bearer.pseudonym,
        "card_id": bearer.card,
        "distributor_id": bearer.distributor,
        "issued_year": bearer.issued_year,
        "unlisted": bearer.unlisted,
    }


def bearer_in(row: Mapping[str, Any]) -> Bearer:
    return Bearer(
        kind=row["kind"],
        code=CardCode(row["code"]) if row["code"] else None,
        pseudonym=row["pseudonym"],
        card=row["card_id"],
        distributor=row["distributor_id"],
        issued_year=row["issued_year"],
        unlisted=row["unlisted"],
    )


def change_visits(
    connection: Connection, changes: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]
) -> None:
    """Give visits (row as it stands) new values, the same columns for all; their totals move along."""
    if not changes:
        return
    names = changes[0][1].keys()
    connection.execute(
        update(visits)
        .where(visits.c.record_id == bindparam("of"))
        .values({name: bindparam(f"new_{name}") for name in names}),
        [{"of": row["record_id"]} | {f"new_{name}": new[name] for name in names} for row, new in changes],
    )
    changed = [(row, {**row, **new}) for row, new in changes]
    before = [(_key_in(row), _tally_in(row).negated()) for row, _ in changed if row["counted"]]
    after = [(_key_in(row), _tally_in(row)) for _, row in changed if row["counted"]]
    add_to_rollups(connection, add_up(before + after))


def _key_in(row: Mapping[str, Any]) -> RollupKey:
    return RollupKey(row["day"], row["venue_id"], row["hour"], row["kind"], row["kiosk_id"])


def _tally_in(row: Mapping[str, Any]) -> Tally:
    party = Party(adults=row["adults"], children=row["children"], assistants=row["assistants"])
    return tally_of(party, row["verdict"], row["quality"], matched=bearer_in(row).is_matched)
