"""What a kiosk remembers between two events: a union of small phases rather than flags."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from agent.core.actions import Ask, CheckDraft, Draft, HandDraft, Ref
from agent.core.events import CardShown, LetInByHand, TakenBack
from agent.core.judge import Mark, Policy
from agent.core.moment import Moment

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
    hurry_s: float = 20.0
    """After :attr:`question_s` a question says for so long that it ends, and offers more time."""
    thanks_s: float = 4.0
    """An answer may be corrected meanwhile."""
    settle_s: float = 0.5
    """A real key names no question: so long after another's has come it may be meant for the one before."""
    still_meant_s: float = 2.0
    """Where that one was on the screen so short a time ago."""
    ask_staff_s: float = 15.0
    """How long the way to the staff is said in words; the light keeps :attr:`signal_s`."""
    seen_after_s: float = 0.1
    """A commit that takes longer is no reason to leave a visitor wondering whether the card was seen."""
    slow_write_s: float = 3.0
    try_storage_s: float = 10.0
    test_pause_s: float = 60.0
    """The test card is written down once in this time."""
    by_hand_s: float = 120.0
    """How long staff may let in whom a card did not, or take back whom they let in."""
    hand_pause_s: float = 2.0
    """A second press of the staff's button within this is the same one."""
    stuck_write_s: float = 30.0
    """A commit that takes longer is not waited for any more: the kiosk is out of order."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nobody is being served."""


@dataclass(frozen=True, slots=True)
class Writing:
    """A card was judged, or let in by hand, and is on its way to the disk; nothing is shown of it yet."""

    draft: Draft | HandDraft | CheckDraft
    since: float
    told_staff: bool = False
    """The commit took too long, and the visitor was sent to the staff."""
    told_seen: bool = False


@dataclass(frozen=True, slots=True)
class Showing:
    """The answer is on light and screen."""

    light_until: float
    view_until: float
    keys_from: float = 0.0
    """A real key pressed before was meant for the visitor before."""
    lit: bool = True
    asks: tuple[Ask, ...] = ()
    """All questions about this visitor's party, the answered ones with their answers."""
    asked: int = 0
    hurried: bool = False
    thanked: bool = False
    to_staff: bool = False
    refused: bool = False
    """The staff are asked, in the words of every refusal."""

    @property
    def ask(self) -> Ask | None:
        """The question that is on the screen."""
        return self.asks[self.asked] if self.asks else None


@dataclass(frozen=True, slots=True)
class LastCard:
    """The card that was judged last."""

    key: int
    lets_in: bool
    to_staff: bool = field(default=False, compare=False)
    """It was a spot check, and stays one while it is shown again."""


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
    settled: bool = False
    """Another record came after it, or the staff let its visitor in: there is nothing to ask any more."""
    adopted: bool = False
    """The staff let its visitor in, and ``ref`` is that record."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The last scan that did not let in, or of which no light is known."""

    ref: Ref
    card: LastCard
    until: float


@dataclass(frozen=True, slots=True)
class LetIn:
    """The last record that let somebody in, with its card if it had one: it may be taken back."""

    ref: Ref
    until: float
    key: int | None = None


@dataclass(frozen=True, slots=True)
class UnshownHand:
    """The start before wrote that the staff let somebody in, and lost power before the light.

    ``key`` is the card of the scan that was adopted, if one was.
    """

    ref: Ref
    key: int | None
    until: float


@dataclass(frozen=True, slots=True)
class Entry:
    """A card that let somebody in, and when: what the repeat rule remembers, until the next start."""

    key: int
    at: float


What = Literal["let_in", "unchecked", "to_staff", "by_hand", "tested"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of somebody, as the staff are told; ``ref`` is ``None`` where the disk did not take it."""

    ref: Ref | None
    what: What
    reason: str
    at: Moment
    marks: tuple[Mark, ...] = ()
    adopted: bool = False
    """The staff let in by hand whom this had sent to them."""
    void: bool = False
    """The staff took it back."""


@dataclass(frozen=True, slots=True)
class State:
    phase: Waiting | Writing | Showing = Waiting()
    started: bool = False
    troubles: frozenset[Trouble] = frozenset()
    open: Ref | None = None
    """The one record that is not settled: always the last."""
    last: LastCard | None = None
    carried: Carried | None = None
    queued: CardShown | None = None
    """The newest card that came while another was being written down."""
    hand: LetInByHand | TakenBack | None = None
    """What the staff did meanwhile."""
    refused: Refused | None = None
    let_in: LetIn | None = None
    entries: tuple[Entry, ...] = ()
    """Oldest first."""
    unshown_hand: UnshownHand | None = None
    hand_at: float | None = None
    """When the staff's last letting in was shown."""
    by_hand: LastCard | None = None
    """The card that was adopted last: who shows it again is in already."""
    storage_tried_at: float = 0.0
    tested_at: float | None = None
    """When the test card was written down last."""
    list_old: bool = False
    """The card list is older than the venue's policy takes as new: a small mark for the staff, no light."""
    recent: tuple[Outcome, ...] = ()
    """Newest first: for the staff's eyes, nothing is decided by it."""
    digested: date | None = None
    """The local day whose beginning the journal told last."""
    undated: bool = False
    """This start has written records while nobody knew the time."""
    digesting: bool = False
    visitor: int = 0
    """How many have come in this start, the one who is being served included; whose screen it is."""
    asked_at: float | None = None
    """When a question was on the screen last, that is not there now."""
    paused: str | None = None
    """The staff's words, which may be none; ``None``: the kiosk is not paused. A restart ends a pause."""
