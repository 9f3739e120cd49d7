"""Cards as the register knows them, and the rules of the scheme about them."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

from agent.wire.card_code import CardCode
from agent.wire.card_page import CardRow, RowStatus
from agent.wire.records import CardKind
from server.domain.days import FIRST_DAY

CardStatus = Literal["active", "blocked", "withdrawn"]
StoredStatus = Literal["active", "blocked", "withdrawn", "undone", "gone", "barred"]
"""``undone``: its import was undone, as if it had never been; ``gone``: erased, ``barred``: likewise, and it
let nobody in any more. To kiosks the first two are gone, which is unlisted, and the last one is withdrawn.
"""
FORGOTTEN: Final[tuple[StoredStatus, ...]] = ("gone", "barred")
Category = Literal["culture", "education", "science", "sport"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterCard:
    """A card as it comes from a distributor's file; what is ``None`` the file does not say."""

    code: CardCode
    kind: CardKind
    distributor: str
    area: str
    issued_on: date
    valid_until: date | None
    max_children: int | None
    status: CardStatus | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card as the register has it, without its code."""

    kind: CardKind
    distributor: str
    area: str
    issued_on: date
    valid_until: date
    max_children: int | None
    status: StoredStatus


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


def erased(card: Card, day: date, today: date) -> Card:
    """What figures need of a card once its holder asked to be forgotten; ``day`` is of its year of issue.

    Forgetting opens no door: a card that let nobody in goes on letting nobody in.
    """
    shut = card.status in ("blocked", "withdrawn") or card.valid_until < today
    status: StoredStatus = "barred" if shut else "gone"
    return replace(card, status=status, issued_on=day, valid_until=day, max_children=None)


def list_row(card: Card, key: int) -> CardRow:
    """What a kiosk gets to know of ``card``."""
    return wire_row(key, card.kind, card.status, card.issued_on, card.valid_until, card.max_children)


def wire_row(
    key: int,
    kind: CardKind,
    status: StoredStatus,
    first_day: date,
    last_day: date,
    max_children: int | None,
) -> CardRow:
    """Of a card that is gone, nothing but that, and whether it was shut before."""
    match status:
        case "gone" | "undone":
            return _bare(key, "gone")
        case "barred":
            return _bare(key, "withdrawn")
    return CardRow(
        key=key,
        kind=kind,
        status=status,
        first_day=first_day,
        last_day=last_day,
        max_children=max_children,
    )


def _bare(key: int, status: RowStatus) -> CardRow:
    day = FIRST_DAY
    return CardRow(key=key, kind="personal", status=status, first_day=day, last_day=day, max_children=0)
