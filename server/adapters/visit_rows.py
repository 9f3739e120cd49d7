"""A visit as its table keeps it, and what such a row adds to which total."""

from collections.abc import Mapping
from typing import Any

from agent.wire.records import Party
from server.domain.visits import RollupKey, Tally, Visit, tally_of


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
        "kind": visit.kind,
        "adults": visit.party.adults,
        "children": visit.party.children,
        "assistants": visit.party.assistants,
        "code": visit.code.reveal() if visit.code else None,
        "counted": visit.counted,
    }


def key_in(row: Mapping[str, Any]) -> RollupKey:
    return RollupKey(row["day"], row["venue_id"], row["hour"], row["kind"], row["kiosk_id"])


def tally_in(row: Mapping[str, Any]) -> Tally:
    party = Party(adults=row["adults"], children=row["children"], assistants=row["assistants"])
    return tally_of(party, row["verdict"], row["quality"])
