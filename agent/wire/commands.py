"""What the fleet has a kiosk do, and what came of it."""

from typing import Annotated, Final, Literal

import msgspec

from agent.wire.key_box import SEALED_CODE_BYTES
from agent.wire.pause_words import UnfitWords
from agent.wire.records import Party, RecordName, ShortText, UtcTime, type_field
from agent.wire.screen import MAX_PAUSE_CHARS

CommandId = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$", max_length=32)]
CommandName = Literal["let_in", "take_back", "pause", "resume", "type"]
ReplyState = Literal["accepted", "running", "done", "failed", "rejected"]
Fault = Literal[
    "not_offered", "unknown", "expired", "clock_unknown", "restarted", "disk", "sealed", UnfitWords
]
"""Why this version of a kiosk has not done a command; a later one may have other reasons."""


class LetInArgs(msgspec.Struct, frozen=True, kw_only=True):
    """``adopts`` is the refused scan that it is of, as it was shown to who says this."""

    adopts: RecordName | None
    party: Party
    reason: ShortText


class TakeBackArgs(msgspec.Struct, frozen=True, kw_only=True):
    of: RecordName


class PauseArgs(msgspec.Struct, frozen=True, kw_only=True):
    message: Annotated[str, msgspec.Meta(max_length=MAX_PAUSE_CHARS)]


class ResumeArgs(msgspec.Struct, frozen=True, kw_only=True):
    pass


class TypeArgs(msgspec.Struct, frozen=True, kw_only=True):
    """A code that was typed, sealed to ``seal_to`` of the kiosk's ``info/1``: :mod:`agent.wire.key_box`."""

    code_sealed: Annotated[bytes, msgspec.Meta(max_length=SEALED_CODE_BYTES)]


Args = LetInArgs | TakeBackArgs | PauseArgs | ResumeArgs | TypeArgs
ARGS: Final[dict[CommandName, type[Args]]] = {
    "let_in": LetInArgs,
    "take_back": TakeBackArgs,
    "pause": PauseArgs,
    "resume": ResumeArgs,
    "type": TypeArgs,
}
"""By the command's name."""


class Command(msgspec.Struct, frozen=True, kw_only=True, tag="cmd/1", tag_field=type_field):
    """``args`` are those of ``name`` (:data:`ARGS`). It may come twice, and after ``not_after`` in vain."""

    id: CommandId
    name: ShortText
    args: msgspec.Raw
    not_after: UtcTime


class Reply(msgspec.Struct, frozen=True, kw_only=True, tag="reply/1", tag_field=type_field):
    """``detail`` is a :data:`Fault`, or none."""

    id: CommandId
    state: ReplyState
    detail: ShortText = ""
