"""Whether a card lets its holder in: the list, the day, the venue's policies. Unknown is not invalid."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from agent.wire.card_page import CardRow
from agent.wire.records import CardKind, Verdict

Unsure = Literal["accept_unchecked", "ask_staff"]
"""What a venue wants done where the kiosk cannot know."""
Doubtful = Literal["mark", "ask_staff"]
"""What a venue wants done with a card that is good, but: the record says so, or a person looks."""
Mark = Literal["list_stale", "repeat", "spot_check"]

DAY_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Policy:
    unlisted: Unsure = "accept_unchecked"
    clock_unknown: Unsure = "accept_unchecked"
    ask_children: bool = True
    ask_assistants: bool = False
    """Where the venue counts them."""
    spot_check_in: int = 0
    """One in so many personal cards that let in is asked to go by the staff; 0: none."""
    list_stale: Doubtful = "mark"
    list_stale_s: float = DAY_S
    """A list whose last page is older than this may not know of a card that was blocked since."""
    repeat: Doubtful | Literal["off"] = "mark"
    repeat_s: float = 600.0
    """A personal card that let somebody in within this comes again: lent, or a person who went out."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """``reason`` and ``marks`` are for staff and statistics, never for the visitor's screen."""

    verdict: Verdict
    reason: str
    kind: CardKind | None = None
    most_children: int | None = None
    """Bound from the register, where it knows one."""
    marks: tuple[Mark, ...] = ()

    @property
    def lets_in(self) -> bool:
        return self.verdict != "ask_staff"

    @property
    def to_staff(self) -> bool:
        """A spot check."""
        return self.lets_in and "spot_check" in self.marks


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


def is_stale(age_s: float | None, policy: Policy) -> bool:
    """``age_s`` is the time since the list's last page; where nobody knows it, it may be any."""
    return age_s is None or age_s > policy.list_stale_s


def by_a_stale_list(judgement: Judgement, policy: Policy) -> Judgement:
    """What is left of ``judgement`` where the list may be too old to know of a block."""
    return _doubted(judgement, policy.list_stale, "list_stale")


def comes_again(judgement: Judgement, policy: Policy) -> Judgement:
    """Likewise of a card that let somebody in a few minutes ago. A shared card may, as often as it likes."""
    if policy.repeat == "off" or judgement.kind != "personal":
        return judgement
    return _doubted(judgement, policy.repeat, "repeat")


def spot_checked(judgement: Judgement, dice: float, policy: Policy) -> Judgement:
    """Chance alone chooses (``dice`` is even from 0 to 1), and whom it chooses is in all the same."""
    personal = judgement.lets_in and judgement.kind != "community"
    if not personal or policy.spot_check_in == 0 or dice * policy.spot_check_in >= 1:
        return judgement
    return replace(judgement, marks=(*judgement.marks, "spot_check"))


def not_by_a_forgetful(judgement: Judgement) -> Judgement:
    """Likewise where nothing that is written down can be relied on."""
    return Judgement("ask_staff", "forgetful", judgement.kind) if judgement.lets_in else judgement


def _doubted(judgement: Judgement, choice: Doubtful, mark: Mark) -> Judgement:
    if not judgement.lets_in:
        return judgement
    if choice == "ask_staff":
        return Judgement("ask_staff", mark, judgement.kind)
    return replace(judgement, marks=(*judgement.marks, mark))


def _unsure(choice: Unsure, reason: str, row: CardRow | None) -> Judgement:
    verdict: Verdict = "unchecked" if choice == "accept_unchecked" else "ask_staff"
    if row is None:
        return Judgement(verdict, reason)
    return Judgement(verdict, reason, row.kind, row.max_children)
