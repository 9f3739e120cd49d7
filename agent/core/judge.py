"""Whether a card lets its holder in: the list, the day, the venue's policies. Unknown is not invalid."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from agent.wire.card_page import CardRow
from agent.wire.records import CardKind, Verdict

Unsure = Literal["accept_unchecked", "ask_staff"]
"""What a venue wants done where the kiosk cannot know."""


@dataclass(frozen=True, slots=True)
class Policy:
    unlisted: Unsure = "accept_unchecked"
    clock_unknown: Unsure = "accept_unchecked"
    ask_children: bool = True


@dataclass(frozen=True, slots=True)
class Judgement:
    """``reason`` is for staff and statistics, never for the visitor's screen."""

    verdict: Verdict
    reason: str
    kind: CardKind | None = None
    most_children: int | None = None
    """Bound from the register, where it knows one."""

    @property
    def lets_in(self) -> bool:
        return self.verdict != "ask_staff"


Unreadable = Literal["unreadable"]
"""The list failed at this very look-up."""


def judge(  # noqa: PLR0911  (one line a rule, in the order of the rules)
    row: CardRow | Unreadable | None, today: date | None, policy: Policy
) -> Judgement:
    """Judge a card of the right shape. ``today`` is ``None`` while the calendar cannot be trusted."""
    if row == "unreadable":
        return Judgement("ask_staff", "list_unreadable")  # an error is never permission
    if row is None or row.status == "gone":
        return _unsure(policy.unlisted, "unlisted", None)
    if row.status != "active":
        return Judgement("ask_staff", row.status, row.kind)
    if today is None:
        return _unsure(policy.clock_unknown, "clock_unknown", row)
    if today < row.first_day:
        return Judgement("ask_staff", "not_yet_valid", row.kind)
    if today > row.last_day:
        return Judgement("ask_staff", "expired", row.kind)
    return Judgement("accepted", "listed", row.kind, row.max_children)


def not_by_a_forgetful(judgement: Judgement) -> Judgement:
    """What is left of ``judgement`` where nothing that is written down can be relied on."""
    return Judgement("ask_staff", "forgetful", judgement.kind) if judgement.lets_in else judgement


def _unsure(choice: Unsure, reason: str, row: CardRow | None) -> Judgement:
    verdict: Verdict = "unchecked" if choice == "accept_unchecked" else "ask_staff"
    if row is None:
        return Judgement(verdict, reason)
    return Judgement(verdict, reason, row.kind, row.max_children)
