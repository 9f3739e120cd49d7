"""Cards as the register knows them, and the rules of the scheme about them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from agent.wire.card_code import CardCode
from agent.wire.card_page import CardRow
from agent.wire.records import CardKind

CardStatus = Literal["active", "blocked", "withdrawn"]
Category = Literal["culture", "education", "science", "sport"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterCard:
    """A card as it comes from a distributor's file."""

    code: CardCode
    kind: CardKind
    distributor: str
    area: str
    issued_on: date
    valid_until: date
    max_children: int | None
    status: CardStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    id: str
    name: str
    area: str
    category: Category
    time_zone: str


def last_day(issued_on: date) -> date:
    """Twelve months with the first day counted: issued 2026-11-24, last valid 2027-11-23."""
    try:
        anniversary = issued_on.replace(year=issued_on.year + 1)
    except ValueError:  # issued on a leap day
        anniversary = date(issued_on.year + 1, 3, 1)
    return anniversary - timedelta(days=1)


def last_day_in(issued_on: date, trial_ends: date | None) -> date:
    """The last valid day of a card of an area: its twelve months, or the area's trial where that ends first.

    The area says no more than this: a card is valid at every venue in Finland. A day before ``issued_on``
    means that the trial was over.
    """
    return last_day(issued_on) if trial_ends is None else min(last_day(issued_on), trial_ends)


def list_row(card: RegisterCard, key: int) -> CardRow:
    """What a kiosk gets to know of ``card``."""
    return CardRow(
        key=key,
        kind=card.kind,
        status=card.status,
        first_day=card.issued_on,
        last_day=card.valid_until,
        max_children=card.max_children,
    )
