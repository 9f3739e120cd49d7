"""What a kiosk remembers between two events: a union of small phases rather than flags."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from agent.core.actions import Ask, Draft, Ref, Settle
from agent.core.events import CardShown
from agent.core.judge import Policy

Trouble = Literal["eyes", "storage", "forgetful"]
"""``forgetful``: the data folder forgets, or has forgotten; nothing heals it but another start."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The venue's choices and the waiting times, in seconds of the stopwatch."""

    policy: Policy
    zone: str = "Europe/Helsinki"
    same_visit_s: float = 30.0
    signal_s: float = 5.0
    question_s: float = 20.0
    thanks_s: float = 2.0
    slow_write_s: float = 3.0
    try_storage_s: float = 10.0
    stuck_write_s: float = 30.0
    """A commit that takes longer is not waited for any more: the kiosk is out of order."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nobody is being served."""


@dataclass(frozen=True, slots=True)
class Writing:
    """A card was judged and is on its way to the disk; nothing is shown of it yet."""

    draft: Draft
    since: float
    told_staff: bool = False
    """The commit took too long, and the visitor was sent to the staff."""


@dataclass(frozen=True, slots=True)
class Showing:
    """The answer is on light and screen."""

    light_until: float
    view_until: float
    lit: bool = True
    ask: Ask | None = None


@dataclass(frozen=True, slots=True)
class LastCard:
    """The card that was judged last."""

    key: int
    lets_in: bool


@dataclass(frozen=True, slots=True)
class Carried:
    """The record that the start before left open: its visitor may still stand here with the card.

    Shown again until ``until``, without a new record: nobody is counted twice because the kiosk restarted.
    """

    ref: Ref
    key: int
    lets_in: bool
    shown: bool
    """A light is known to have been lit (WIRE, *shown*)."""
    until: float


@dataclass(frozen=True, slots=True)
class State:
    phase: Waiting | Writing | Showing = Waiting()
    started: bool = False
    troubles: frozenset[Trouble] = frozenset()
    open: Ref | None = None
    """The one record that is not settled: always the last."""
    last: LastCard | None = None
    carried: Carried | None = None
    owed: Settle | None = None
    """An answer that the disk did not take; the next write takes it along before anything else."""
    queued: CardShown | None = None
    """The newest card that came while another was being written down."""
    storage_tried_at: float = 0.0
    digested: date | None = None
    """The local day whose beginning the journal told last."""
    digesting: bool = False
