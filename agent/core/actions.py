"""What the core wants done, as values; the shell carries them out in order."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from agent.core.judge import Judgement
from agent.core.moment import Moment
from agent.wire.card_code import CardCode
from agent.wire.records import ListState, Party, Shown, Symbology
from agent.wire.screen import About

ViewState = Literal[
    "starting", "idle", "seen", "one_card", "accepted", "thanks", "ask_staff", "paused", "out_of_order"
]


@dataclass(frozen=True, slots=True)
class Ref:
    """A record's name within this kiosk."""

    epoch: str
    seq: int


class Signal(StrEnum):
    """What the lights and the buzzer say: one meaning each at three metres."""

    READY = "ready"
    ACCEPTED = "accepted"
    ASK_STAFF = "ask_staff"
    OUT_OF_ORDER = "out_of_order"
    TEST = "test"
    SPOT_CHECK = "spot_check"
    """Let in, and asked to show the staff: by chance, whoever it is."""
    PAUSED = "paused"
    """The staff put the kiosk to rest."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A judged card on its way to the journal, where it gets its number and its code is sealed."""

    code: CardCode
    key: int
    symbology: Symbology
    judgement: Judgement
    party: Party
    today: date | None
    list: ListState
    at: Moment


@dataclass(frozen=True, slots=True)
class CheckDraft:
    """The test card was held up: a record that counts nobody, and waits for nobody as its ``key`` is none."""

    symbology: Symbology
    today: date | None
    list: ListState
    at: Moment
    key: int = 0


@dataclass(frozen=True, slots=True)
class HandDraft:
    """The staff let somebody in; ``adopts`` is the scan that had not let them in, of the card ``key``."""

    adopts: Ref | None
    key: int | None
    party: Party
    reason: str
    at: Moment


@dataclass(frozen=True, slots=True)
class Write:
    """Commit the record; the shell answers with ``Written`` or ``WriteFailed``."""

    draft: Draft | CheckDraft


@dataclass(frozen=True, slots=True)
class WriteByHand:
    """Likewise."""

    draft: HandDraft


@dataclass(frozen=True, slots=True)
class Correct:
    """Write that ``of`` was noted wrongly; a scan that is open is settled as it stands, as by any record."""

    of: Ref
    party: Party | Literal["void"]
    why: str
    at: Moment


@dataclass(frozen=True, slots=True)
class MarkShown:
    """Note in the still open record what the lights said."""

    ref: Ref
    shown: Shown


@dataclass(frozen=True, slots=True)
class NoteAnswer:
    """Note in the still open record how many came along."""

    ref: Ref
    about: About
    count: int


@dataclass(frozen=True, slots=True)
class Settle:
    """Close the record as it stands; from here on its bytes never change and it may be sent."""

    ref: Ref


@dataclass(frozen=True, slots=True)
class WriteDigest:
    """Say in the journal that a local day has begun; the shell answers with ``Digested``."""

    day: date
    at: Moment


@dataclass(frozen=True, slots=True)
class TryStorage:
    """Try whether the disk takes writes again."""


@dataclass(frozen=True, slots=True)
class Light:
    """Lights and tone. Never through the browser."""

    signal: Signal


@dataclass(frozen=True, slots=True)
class Ask:
    """A question about whoever came along on a record; ``most`` bounds the answer."""

    ref: Ref
    about: About
    most: int
    given: int | None = None
    """What was answered; it may be corrected until the thanks are over."""


@dataclass(frozen=True, slots=True)
class Show:
    """The screen; ``digit`` is small and for the staff (:mod:`agent.core.digits`)."""

    state: ViewState
    ask: Ask | None = None
    digit: int | None = None
    hurry_s: float | None = None
    """So long the question goes on, unless somebody asks for more time; ``None``: nothing is said of it."""
    can_go_back: bool = False
    """There is a question before this one."""
    to_staff: bool = False
    """A spot check: let in, and asked to go by the staff."""
    visitor: int | None = field(default=None, compare=False)
    """Whose it is, by :attr:`State.visitor`, and no other picture for it; ``None``: nobody's."""
    message: str = ""
    """The staff's own, while they have paused the kiosk."""


Action = (
    Write | WriteByHand | Correct | MarkShown | NoteAnswer | Settle | WriteDigest | TryStorage | Light | Show
)
