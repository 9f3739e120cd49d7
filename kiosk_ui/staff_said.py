"""What the staff's page sends, read into what the staff say. Nothing of a card's code is ever said back."""

import re
from typing import Annotated, Final, Literal

import msgspec

from agent.core.actions import Ref
from agent.core.staff_words import LetIn, Pause, Resume, Said, TakeBack, Typed
from agent.wire.card_code import MAX_CODE_CHARS, CardCode
from agent.wire.lettering import PAUSE, too_wide
from agent.wire.records import MAX_PARTY, Party, RecordName
from agent.wire.screen import MAX_PAUSE_CHARS
from agent.wire.told_code import holds_code
from kiosk_ui.staff_texts import BY_HAND

Number = Annotated[int, msgspec.Meta(ge=0, le=MAX_PARTY)]
Reason = Literal["worn_card", "checked", "kiosk", "other"]
REASONS: Final[tuple[str, ...]] = tuple(BY_HAND)


class NotACodeError(Exception):
    """It has not the shape of a card's code."""


class HoldsACodeError(Exception):
    """The words would show a card's code to everybody."""


class TooWideError(Exception):
    """The words would not fit on the visitors' screen."""


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
    """Raises :class:`NotACodeError`; for words :class:`HoldsACodeError` or :class:`TooWideError`."""
    match sent:
        case LetInSaid():
            party = Party(children=sent.children, assistants=sent.assistants)
            return LetIn(_ref(sent.adopts) if sent.adopts else None, party, sent.reason)
        case TakeBackSaid():
            return TakeBack(_ref(sent.of))
        case PauseSaid():
            if holds_code(message := plain(sent.message), pattern):
                raise HoldsACodeError
            if too_wide(message, PAUSE):
                raise TooWideError
            return Pause(message)
        case ResumeSaid():
            return Resume()
        case TypedSaid():
            if (code := CardCode.typed(sent.code, pattern)) is None:
                raise NotACodeError
            return Typed(code)


def plain(message: str) -> str:
    """One line of printable characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in message).split())


def _ref(name: RecordName) -> Ref:
    return Ref(name.epoch, name.seq)
