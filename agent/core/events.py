"""What happens to a kiosk, as values. Each carries the moment at which it happened."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from agent.core.actions import Ref
from agent.core.judge import Unreadable
from agent.core.moment import Moment
from agent.wire.card_code import CardCode
from agent.wire.card_page import CardRow
from agent.wire.records import ListState, Party, Symbology
from agent.wire.screen import About, Wanted


@dataclass(frozen=True, slots=True)
class CardShown:
    """A card counted as shown, with what the list knows of it."""

    code: CardCode
    key: int
    """The code's keyed hash: what the core remembers a card by."""
    symbology: Symbology
    away_s: float | None
    """See :class:`agent.core.sight.Presented`."""
    row: CardRow | Unreadable | None
    list: ListState
    at: Moment
    dice: float = 1.0
    """By chance from 0 to 1: low ones are spot checks."""


@dataclass(frozen=True, slots=True)
class SeveralShown:
    """Two cards at once: nobody can say which was meant."""

    at: Moment


@dataclass(frozen=True, slots=True)
class CheckCardShown:
    """Somebody looks whether the kiosk works."""

    symbology: Symbology
    list: ListState
    at: Moment


@dataclass(frozen=True, slots=True)
class Written:
    """The commit is on the disk."""

    ref: Ref
    at: Moment


@dataclass(frozen=True, slots=True)
class WriteFailed:
    """Nothing was written down, so nothing may be shown as if it were."""

    at: Moment


@dataclass(frozen=True, slots=True)
class Digested:
    """The journal says that ``day`` has begun."""

    day: date


@dataclass(frozen=True, slots=True)
class StorageFailed:
    """A note could not be written. It is not lost: it goes before whatever is written next."""

    at: Moment


@dataclass(frozen=True, slots=True)
class StorageWorks:
    """A trial write went through."""

    at: Moment


@dataclass(frozen=True, slots=True)
class Forgot:
    """What an earlier start wrote turned out to be missing."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A number was tapped on the screen; it names its question."""

    ref: Ref
    about: About
    count: int
    at: Moment


@dataclass(frozen=True, slots=True)
class Wished:
    """More time, or the question before; it names the question."""

    ref: Ref
    about: About
    wanted: Wanted
    at: Moment


@dataclass(frozen=True, slots=True)
class Touched:
    """Somebody does something at the screen about how they read or hear it."""

    at: Moment


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    """A real key was pressed: it means the question that is open."""

    pressed: int | Wanted
    at: Moment


@dataclass(frozen=True, slots=True)
class LetInByHand:
    """The staff say that somebody comes in, whatever a card said.

    ``adopts`` is the scan that they mean, as it was offered to them; a real button means the last one.
    """

    party: Party
    reason: str
    at: Moment
    adopts: Ref | Literal["none", "last"] = "last"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The staff say that whoever was let in last did not come in; ``of`` is whom they mean, if they say."""

    why: str
    at: Moment
    of: Ref | None = None


@dataclass(frozen=True, slots=True)
class Paused:
    """The staff close the kiosk for a while, with words of their own or none."""

    message: str
    at: Moment


@dataclass(frozen=True, slots=True)
class Resumed:
    at: Moment


@dataclass(frozen=True, slots=True)
class EyesUp:
    at: Moment


@dataclass(frozen=True, slots=True)
class EyesDown:
    at: Moment


@dataclass(frozen=True, slots=True)
class ListAged:
    """The card list has become old, or is new again."""

    old: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed."""

    at: Moment


Event = (
    CardShown
    | SeveralShown
    | CheckCardShown
    | Written
    | WriteFailed
    | Digested
    | StorageFailed
    | StorageWorks
    | Forgot
    | Answered
    | Wished
    | Touched
    | ButtonPressed
    | LetInByHand
    | TakenBack
    | Paused
    | Resumed
    | EyesUp
    | EyesDown
    | ListAged
    | Tick
)
