"""What the fleet has a kiosk do, and what came of it."""

from typing import Annotated, Final, Literal

import msgspec

from agent.wire.records import Party, RecordName, ShortText, UtcTime, type_field
from agent.wire.screen import MAX_PAUSE_CHARS

CommandId = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$", max_length=32)]
CommandName = Literal["let_in", "take_back", "pause", "resume"]
ReplyState = Literal["accepted", "running", "done", "failed", "rejected"]


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


Args = LetInArgs | TakeBackArgs | PauseArgs | ResumeArgs
ARGS: Final[dict[CommandName, type[Args]]] = {
    "let_in": LetInArgs,
    "take_back": TakeBackArgs,
    "pause": PauseArgs,
    "resume": ResumeArgs,
}
"""By the command's name."""


class Command(msgspec.Struct, frozen=True, kw_only=True, tag="cmd/1", tag_field=type_field):
    """``args`` are those of ``name`` (:data:`ARGS`). It may come twice, and after ``not_after`` in vain."""

    id: CommandId
    name: ShortText
    args: msgspec.Raw
    not_after: UtcTime


class Reply(msgspec.Struct, frozen=True, kw_only=True, tag="reply/1", tag_field=type_field):
    """``detail`` is a word for programs: why it was rejected or failed."""

    id: CommandId
    state: ReplyState
    detail: ShortText = ""
