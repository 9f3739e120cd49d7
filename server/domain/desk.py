"""What people do to one card at a desk: block, unblock, renew, withdraw, and put another in its place."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from agent.told import ToldError
from server.domain.days import can_be_said
from server.domain.history import Entry, What
from server.domain.register import Card, StoredStatus, last_day_in

Refusal = Literal[
    "no_code",
    "not_found",
    "blocked_already",
    "not_blocked",
    "was_replaced",
    "not_in_use",
    "not_active",
    "not_a_day",
    "before_issue",
    "not_later",
    "trial_over",
    "same_code",
    "new_code_taken",
]

_ENGLISH: Final[dict[Refusal, str]] = {
    "no_code": "That is no code of this fleet's cards (pattern in fleet.toml).",
    "not_found": "There is no such card in the register.",
    "blocked_already": "The card is blocked already.",
    "not_blocked": "The card is not blocked.",
    "was_replaced": "Another card took the place of this one; it stays blocked.",
    "not_in_use": "The card was withdrawn. Issue a new one.",
    "not_active": "The card is blocked or withdrawn. Unblock it first.",
    "not_a_day": "That is no day such as 2026-11-24 or 24.11.2026.",
    "before_issue": "That day is before the card was issued.",
    "not_later": "The card is valid that long already. Give a later day.",
    "trial_over": "The trial of the card's area is over. Give the last day.",
    "same_code": "The new card has the code of the old one.",
    "new_code_taken": "The new code is in the register already: it belongs to another card.",
}


class CardRefused(ToldError):  # noqa: N818  (what happened)
    """The card stays as it is."""

    def __init__(self, name: Refusal) -> None:
        self.name = name
        super().__init__(_ENGLISH[name])


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was forgotten of a person: so many cards, and the codes of so many visits and dead letters."""

    cards: int
    visits: int
    letters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """A card as the desk sees it. The code is masked: who asked has it before him."""

    masked_code: str
    card: Card
    is_replaced: bool
    holder_cards: int
    """How many cards this person has had, one after the other."""
    history: tuple[Entry, ...]

    @property
    def may(self) -> frozenset[What]:
        """What can be done to it now."""
        return frozenset(_may(self.card.status, is_replaced=self.is_replaced))


def _may(status: StoredStatus, *, is_replaced: bool) -> tuple[What, ...]:
    match status:
        case "active":
            return "blocked", "renewed", "replaced", "withdrawn"
        case "blocked" if is_replaced:
            return ("withdrawn",)
        case "blocked":
            return "unblocked", "replaced", "withdrawn"
        case _:
            return ()


def block(card: Card) -> Card:
    if card.status == "blocked":
        raise CardRefused("blocked_already")
    _in_use(card)
    return replace(card, status="blocked")


def unblock(card: Card, *, is_replaced: bool) -> Card:
    if card.status != "blocked":
        raise CardRefused("not_blocked")
    if is_replaced:
        raise CardRefused("was_replaced")
    return replace(card, status="active")


def withdraw(card: Card) -> Card:
    _in_use(card)
    return replace(card, status="withdrawn")


def renew(card: Card, today: date, until: date | None, trials: Mapping[str, date]) -> Card:
    """Twelve months with ``today`` counted, or to the end of the area's trial, or to the day given."""
    if card.status != "active":
        raise CardRefused("not_active")
    trial_ends = trials.get(card.area)
    last = until or last_day_in(today, trial_ends)
    if not can_be_said(last):
        raise CardRefused("not_a_day")
    if until is None and trial_ends is not None and trial_ends < today:
        raise CardRefused("trial_over")
    if last < card.issued_on:
        raise CardRefused("before_issue")
    if last <= card.valid_until:
        raise CardRefused("not_later")
    return replace(card, valid_until=last)


def replaced(card: Card, *, is_replaced: bool) -> tuple[Card, Card]:
    """The lost card as it is from now on, and the one that takes its place with all that it had."""
    if is_replaced:
        raise CardRefused("was_replaced")
    _in_use(card)
    return replace(card, status="blocked"), replace(card, status="active")


def _in_use(card: Card) -> None:
    if card.status not in ("active", "blocked"):
        raise CardRefused("not_in_use")
