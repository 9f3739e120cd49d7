"""What the staff's page sends, read into what the staff say. Nothing of a card's code is ever said back."""

import re
from typing import Annotated, Final, Literal

import msgspec

from agent.core.actions import Ref
from agent.core.staff_words import LetIn, Pause, Resume, Said, TakeBack, Typed
from agent.wire.card_code import MAX_CODE_CHARS, CardCode
from agent.wire.pause_words import UnfitWords, why_not_pause
from agent.wire.records import MAX_PARTY, Party, RecordName
from agent.wire.screen import MAX_PAUSE_CHARS
from kiosk_ui.staff_texts import BY_HAND

Number = Annotated[int, msgspec.Meta(ge=0, le=MAX_PARTY)]
Unfit = Literal["not_a_code"] | UnfitWords
Reason = Literal["worn_card", "checked", "kiosk", "other"]
REASONS: Final[tuple[str, ...]] = tuple(BY_HAND)


class UnfitError(Exception):
    """Not a card's code, or words that are not fit for the visitors' screen: ``why``."""

    def __init__(self, why: Unfit) -> None:
        super().__init__(why)
        self.why: Final = why


class LetInSaid(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    adopts: RecordName | None
    children: Number | None
    assistants: Number
    reason: Reason


class TakeBackSaid(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    of: RecordName


class PauseSaid(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    message: Annotated[str, msgspec.Meta(max_length=MAX_PAUSE_CHARS)]


class ResumeSaid(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class TypedSaid(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: Annotated[str, msgspec.Meta(max_length=2 * MAX_CODE_CHARS)]


Sent = LetInSaid | TakeBackSaid | PauseSaid | ResumeSaid | TypedSaid


def said_of(sent: Sent, pattern: re.Pattern[str]) -> Said:
    """Raises :class:`UnfitError`."""
    match sent:
        case LetInSaid():
            party = Party(children=sent.children, assistants=sent.assistants)
            return LetIn(_ref(sent.adopts) if sent.adopts else None, party, sent.reason)
        case TakeBackSaid():
            return TakeBack(_ref(sent.of))
        case PauseSaid():
            if why := why_not_pause(message := plain(sent.message), pattern):
                raise UnfitError(why)
            return Pause(message)
        case ResumeSaid():
            return Resume()
        case TypedSaid():
            if (code := CardCode.typed(sent.code, pattern)) is None:
                raise UnfitError("not_a_code")
            return Typed(code)


def plain(message: str) -> str:
    """One line of printable characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in message).split())


def _ref(name: RecordName) -> Ref:
    return Ref(name.epoch, name.seq)
