"""What the staff say to the kiosk. Each names what it is about, as it was offered to them."""

from dataclasses import dataclass

from agent.core.actions import Ref
from agent.wire.card_code import CardCode
from agent.wire.records import Party


@dataclass(frozen=True, slots=True)
class LetIn:
    """``adopts`` is the refused scan that it is of; ``None``: somebody without one."""

    adopts: Ref | None
    party: Party
    reason: str


@dataclass(frozen=True, slots=True)
class TakeBack:
    of: Ref


@dataclass(frozen=True, slots=True)
class Pause:
    """``message`` stands on the visitor's screen; it may be empty."""

    message: str


@dataclass(frozen=True, slots=True)
class Resume:
    pass


@dataclass(frozen=True, slots=True)
class Typed:
    """The code of a card that cannot be read."""

    code: CardCode


Said = LetIn | TakeBack | Pause | Resume | Typed
