"""What people do to one card at a desk: block, renew, withdraw, and back; and put another in its place."""

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
    "not_withdrawn",
    "was_replaced",
    "not_in_use",
    "not_active",
    "not_a_day",
    "before_issue",
    "not_later",
    "trial_over",
    "same_code",
    "new_code_taken",
    "new_not_active",
    "new_has_past",
    "new_other_kind",
    "new_not_later",
    "new_in_use",
]

_ENGLISH: Final[dict[Refusal, str]] = {
    "no_code": "That is no code of this fleet's cards (pattern in fleet.toml).",
    "not_found": "There is no such card in the register.",
    "blocked_already": "The card is blocked already.",
    "not_blocked": "The card is not blocked.",
    "not_withdrawn": "The card was not withdrawn.",
    "was_replaced": "Another card took the place of this one; it stays out of use.",
    "not_in_use": "The card was withdrawn. Reinstate it first, or issue a new one.",
    "not_active": "The card is blocked. Unblock it first.",
    "not_a_day": "That is no day such as 2026-11-24 or 24.11.2026.",
    "before_issue": "That day is before the card was issued.",
    "not_later": "The card is valid that long already. Give a later day.",
    "trial_over": "The trial of the card's area is over. Give the last day.",
    "same_code": "The new card has the code of the old one.",
    "new_code_taken": "The new code is in the register already: it belongs to another card.",
    "new_not_active": "The new card is blocked or withdrawn. Unblock or reinstate it, or take another card.",
    "new_has_past": "The new card stands in a row of replaced cards already: it is another person's.",
    "new_other_kind": "The new card is of another kind (personal, community) than the lost one.",
    "new_not_later": "The new card was not issued after the lost one, so it is another person's."
    " Check the code, or block the lost card alone.",
    "new_in_use": "The new card was used before the lost one's last use: it is another person's.",
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
    is_shut_here: bool
    """By the desk, not by a list alone."""
    holder_cards: int
    """How many cards this person has had, one after the other."""
    history: tuple[Entry, ...]

    @property
    def may(self) -> frozenset[What]:
        """What can be done to it now."""
        return frozenset(_may(self.card.status, is_replaced=self.is_replaced, is_shut_here=self.is_shut_here))


def _may(status: StoredStatus, *, is_replaced: bool, is_shut_here: bool) -> tuple[What, ...]:
    match status:
        case "active":
            return "blocked", "renewed", "replaced", "withdrawn"
        case "blocked" if is_replaced:
            return ("withdrawn",)
        case "blocked" if is_shut_here:
            return "unblocked", "replaced", "withdrawn"
        case "blocked":
            return "blocked", "unblocked", "replaced", "withdrawn"
        case "withdrawn" if not is_replaced:
            return ("reinstated",) if is_shut_here else ("blocked", "reinstated")
        case _:
            return ()


def block(card: Card, *, is_shut_here: bool) -> Card:
    """Also one that a list has shut: it stays so whatever lists say of it, and when that one is undone."""
    if card.status == "blocked" and is_shut_here:
        raise CardRefused("blocked_already")
    if card.status != "withdrawn" or is_shut_here:
        _in_use(card)
    return replace(card, status="blocked")


def unblock(card: Card, *, is_replaced: bool) -> Card:
    _in_use(card)
    if card.status != "blocked":
        raise CardRefused("not_blocked")
    if is_replaced:
        raise CardRefused("was_replaced")
    return replace(card, status="active")


def withdraw(card: Card) -> Card:
    _in_use(card)
    return replace(card, status="withdrawn")


def reinstate(card: Card, before: StoredStatus, *, is_replaced: bool) -> Card:
    """Take a withdrawal back. What was blocked ``before`` it is blocked again: it may be a lost card."""
    if card.status != "withdrawn":
        raise CardRefused("not_withdrawn")
    if is_replaced:
        raise CardRefused("was_replaced")
    return replace(card, status="blocked" if before == "blocked" else "active")


def renew(card: Card, today: date, until: date | None, trials: Mapping[str, date]) -> Card:
    """Twelve months with ``today`` counted, or to the end of the area's trial, or to the day given."""
    _in_use(card)
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


def joined(lost: Card, new: Card, *, has_past: bool, used_beside: bool) -> Card:
    """A new card that a list brought already stays as the list says, and is the same person's from now on.

    ``has_past``: it took another card's place, or lost its own. ``used_beside``: it was used before the lost
    one's last use. A code typed wrongly must not make one person of two: there is no way back.
    """
    if new.status != "active":
        raise CardRefused("new_not_active")
    if has_past:
        raise CardRefused("new_has_past")
    if new.kind != lost.kind:
        raise CardRefused("new_other_kind")
    if new.issued_on <= lost.issued_on:
        raise CardRefused("new_not_later")
    if used_beside:
        raise CardRefused("new_in_use")
    return new


def _in_use(card: Card) -> None:
    if card.status not in ("active", "blocked"):
        raise CardRefused("not_in_use")
