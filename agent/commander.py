"""The staff at a kiosk from afar: their commands, each at most once, in time, and as it was offered."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, Literal, assert_never

import msgspec

from agent.core.actions import Ref
from agent.core.staff_view import StaffView
from agent.core.staff_words import LetIn, Pause, Resume, Said, TakeBack, Typed
from agent.ports.clock import Clock
from agent.ports.command_memory import CommandMemoryError
from agent.wire.commands import (
    ARGS,
    Args,
    Command,
    Fault,
    LetInArgs,
    PauseArgs,
    Reply,
    ReplyState,
    ResumeArgs,
    TakeBackArgs,
    TypeArgs,
)
from agent.wire.key_box import KeyBox
from agent.wire.pause_words import why_not_pause
from agent.wire.records import RecordName
from agent.wire.sealing import SealBroken

MOST_WAITING: Final = 100

Outcome = tuple[ReplyState, Fault | Literal[""]]
"""What became of a command, and why not."""

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Commander:
    """A staff desk without a page. ``begin`` is a command memory's, off the loop; ``reply`` publishes.

    Codes of ``pattern`` come sealed to ``box``; ``pauses`` is told when a pause has begun or ended.
    """

    clock: Clock
    box: KeyBox
    pattern: re.Pattern[str]
    begin: Callable[[str], Awaitable[bool]]
    reply: Callable[[Reply], None]
    pauses: Callable[[], object] = lambda: None
    _view: StaffView = field(default_factory=StaffView, init=False)
    _commands: "asyncio.Queue[Command]" = field(
        default_factory=lambda: asyncio.Queue(MOST_WAITING), init=False
    )
    _outcomes: dict[str, Outcome] = field(default_factory=dict, init=False)
    """Of this start, oldest first: a reply may be lost on its way."""
    _said: "asyncio.Queue[Said]" = field(default_factory=asyncio.Queue, init=False)

    @property
    def paused(self) -> bool:
        return self._view.paused is not None

    def show(self, view: StaffView) -> None:
        was, self._view = self.paused, view
        if was != self.paused:
            self.pauses()

    async def said(self) -> AsyncIterator[Said]:
        while True:
            yield await self._said.get()

    def command(self, command: Command) -> None:
        """It came from the broker. What finds no room is sent again."""
        if not self._commands.full():
            self._commands.put_nowait(command)

    async def run(self) -> None:
        while True:
            command = await self._commands.get()
            state, detail = self._outcomes.get(command.id) or await self._done(command)
            if state != "failed":
                self._outcomes[command.id] = (state, detail)
            while len(self._outcomes) > MOST_WAITING:
                del self._outcomes[next(iter(self._outcomes))]
            log.info("command %s: %s %s", command.id, state, detail)
            self.reply(Reply(id=command.id, state=state, detail=detail))

    async def _done(self, command: Command) -> Outcome:
        now = self.clock.now().best_utc
        if now is None or now > command.not_after:
            return "failed", "expired" if now else "clock_unknown"
        said = self._said_of(command)
        if isinstance(said, str):
            return "rejected", said
        try:
            if not await self.begin(command.id):
                return "failed", "restarted"  # nobody knows how far the start before came
        except CommandMemoryError as error:
            log.error("not written down: %s", error)  # noqa: TRY400  (the sentence says it all)
            return "failed", "disk"
        if not self._view.allows(said):
            return "rejected", "not_offered"
        self._said.put_nowait(said)
        return "done", ""

    def _said_of(self, command: Command) -> Said | Fault:
        """Or the word why not."""
        args = _args_of(command)
        if args is None:
            return "unknown"
        if isinstance(args, PauseArgs) and (why := why_not_pause(args.message, self.pattern)):
            return why
        try:
            return self._read(args)
        except SealBroken:
            return "sealed"

    def _read(self, args: Args) -> Said:
        """Raises :class:`SealBroken`."""
        match args:
            case LetInArgs(adopts=adopts, party=party, reason=reason):
                return LetIn(_ref(adopts) if adopts else None, party, reason)
            case TakeBackArgs(of=of):
                return TakeBack(_ref(of))
            case PauseArgs(message=message):
                return Pause(message)
            case ResumeArgs():
                return Resume()
            case TypeArgs(code_sealed=sealed):
                return Typed(self.box.open_code(sealed, self.pattern))
            case _:
                assert_never(args)


def _args_of(command: Command) -> Args | None:
    """``None``: this version does not know it."""
    kind = next((kind for name, kind in ARGS.items() if name == command.name), None)
    if kind is None:
        return None
    try:
        args: Args = msgspec.json.decode(command.args, type=kind)
    except msgspec.MsgspecError:
        return None
    return args


def _ref(name: RecordName) -> Ref:
    return Ref(name.epoch, name.seq)
