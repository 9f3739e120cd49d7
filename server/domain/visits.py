"""What a scan means for the figures: the visit it is, and what it adds to which total."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from operator import add
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from agent.wire.records import ByHand, Party, Scan, Shown, Verdict
from server.domain.bearers import NOBODY, Bearer, Kind
from server.domain.seen import Quality, Seen, local_day_and_hour

Decision = Verdict | Literal["by_hand"]
"""How it was decided that somebody comes in, or is sent to the staff."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A scan, or a letting in by hand, as a person or a report asks for it.

    ``counted`` says whether the totals hold it.
    """

    kiosk: str
    venue: str
    seen_at: datetime
    quality: Quality
    day: date
    hour: int
    verdict: Decision
    reason: str
    shown: Shown | None
    party: Party
    bearer: Bearer
    counted: bool


class RollupKey(NamedTuple):
    """What totals are kept by. Writers lock them in this order, so two of them never wait in a ring."""

    day: date
    venue: str
    hour: int
    kind: Kind
    kiosk: str


class Tally(NamedTuple):
    """What one or many visits add up to."""

    visits: int = 0
    adults: int = 0
    children: int = 0
    assistants: int = 0
    unanswered: int = 0
    unchecked: int = 0
    by_hand: int = 0
    bounded: int = 0
    matched: int = 0
    """Of the unchecked, those whose card the register has by now."""

    def plus(self, other: "Tally") -> "Tally":
        return Tally(*map(add, self, other))

    def negated(self) -> "Tally":
        return Tally(*(-mine for mine in self))


def is_placed(venue: str, assigned: Container[str]) -> bool:
    """Whether the kiosk ever stood where its record says. Its calendar may be wrong: dates do not count."""
    return venue in assigned


def is_counted(scan: Scan, *, placed: bool) -> bool:
    """Let in, by a real card, at a place of this kiosk.

    A scan that was judged well but too late was shown as "ask the staff": who then came in by hand is
    counted by the staff's own record. One that no light is known of counts: the light may have been lit.
    """
    return placed and not scan.test and scan.verdict != "ask_staff" and scan.shown != "staff"


def key_of(visit: Visit) -> RollupKey:
    return RollupKey(visit.day, visit.venue, visit.hour, visit.bearer.kind, visit.kiosk)


def tally_of(party: Party, decision: Decision, quality: Quality, *, matched: bool) -> Tally:
    return Tally(
        visits=1,
        adults=party.adults,
        children=party.children or 0,
        assistants=party.assistants,
        unanswered=int(party.children is None),
        unchecked=int(decision == "unchecked"),
        by_hand=int(decision == "by_hand"),
        bounded=int(quality == "bounded"),
        matched=int(decision == "unchecked" and matched),
    )


def tally_for(visit: Visit) -> Tally:
    return tally_of(visit.party, visit.verdict, visit.quality, matched=visit.bearer.is_matched)


def add_up(parts: Iterable[tuple[RollupKey, Tally]]) -> dict[RollupKey, Tally]:
    """Sum ``parts`` by key, in the order of the keys."""
    sums: dict[RollupKey, Tally] = {}
    for key, part in parts:
        sums[key] = sums.get(key, Tally()).plus(part)
    return dict(sorted(sums.items()))


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a scan was made: the kiosk, the zone of the venue it names, and whether it ever stood there."""

    kiosk: str
    zone: ZoneInfo
    placed: bool


def interpret(record: Scan | ByHand, bearer: Bearer, when: Seen, spot: Spot) -> Visit:
    """What a stored record means by itself. Pure, so that it can be done again from the stored bytes.

    ``bearer`` is the scan's. A letting in by hand has no card of its own:
    :mod:`server.domain.amendments` gives it the one it adopts.
    """
    day, hour = local_day_and_hour(when.at, spot.zone)
    told = _told(record, bearer, placed=spot.placed)
    return Visit(
        kiosk=spot.kiosk,
        venue=record.venue,
        seen_at=when.at,
        quality=when.quality,
        day=day,
        hour=hour,
        verdict=told[0],
        reason=record.reason,
        shown=told[1],
        party=record.party,
        bearer=told[2],
        counted=told[3],
    )


def _told(
    record: Scan | ByHand, bearer: Bearer, *, placed: bool
) -> tuple[Decision, Shown | None, Bearer, bool]:
    if isinstance(record, ByHand):
        return "by_hand", None, NOBODY, placed
    return record.verdict, record.shown, bearer, is_counted(record, placed=placed)


def uses(total: Tally, *, count_assistants: bool) -> int:
    """Tickets: the official statistics count these, not visits."""
    return total.adults + total.children + (total.assistants if count_assistants else 0)
