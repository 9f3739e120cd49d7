"""The Eyes port on the camera child: starts it, listens, ends it when it hangs, starts it again."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import IO, Final, assert_never

import msgspec

from agent.adapters.child_messages import (
    CheckedPicture,
    ChildSettings,
    Ended,
    LookedAt,
    Opened,
    Seen,
    message_of,
    to_line,
)
from agent.adapters.glances import Glances
from agent.adapters.restart_pause import RestartPause
from agent.core.reads import Read, recognise
from agent.ports.eyes import Checked, EyesLost, EyesOpened, Glance, Looked
from agent.wire.card_code import card_pattern

CHILD_COMMAND: Final = (sys.executable, "-X", "faulthandler", "-m", "agent.camera_child")
"""Is given the number of the pipe's file descriptor. faulthandler names the place of a crash, no values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildTimes:
    start_s: float = 20.0
    """From the start of the process to the first frame; a Pi Zero 2 W needs some seconds for the imports."""
    silent_s: float = 2.0
    """A child that says nothing for longer hangs. Must be more than a frame's time."""
    end_s: float = 1.0
    """What a child gets to close the camera."""
    first_pause_s: float = 0.1
    """Nobody waits at a kiosk that crashed once; whatever crashes again and again has its pause doubled."""
    most_pause_s: float = 10.0
    healthy_s: float = 60.0


@dataclass(frozen=True, slots=True)
class _Child:
    process: Process
    messages: asyncio.StreamReader


class CameraChildProcess:
    def __init__(self, settings: ChildSettings, times: ChildTimes, command: Sequence[str]) -> None:
        self._settings = settings
        self._times = times
        self._command = command
        self._pattern = card_pattern(settings.pattern)

    async def watch(self) -> AsyncIterator[Glance]:
        glances = Glances()
        keeper = asyncio.create_task(self._keep_watching(glances), name="camera child")
        try:
            while True:
                yield await glances.take()
        finally:
            keeper.cancel()
            await asyncio.wait({keeper})

    async def _keep_watching(self, glances: Glances) -> None:
        clock = asyncio.get_running_loop()
        pause = RestartPause(
            first_s=self._times.first_pause_s,
            most_s=self._times.most_pause_s,
            healthy_s=self._times.healthy_s,
        )
        try:
            while True:
                started_s = clock.time()
                why = await self._one_life(glances)
                await glances.put(EyesLost(why))
                await asyncio.sleep(pause.after(clock.time() - started_s))
        except Exception as bug:  # noqa: BLE001  (not handled: handed to the loop, which would else wait for ever)
            await glances.fail(bug)

    async def _one_life(self, glances: Glances) -> str:
        """Start a child and pass on what it sees, until it ends or has to be ended; gives the reason."""
        try:
            async with _started(self._command, self._settings, self._times.end_s) as child:
                return await self._listen(child, glances)
        except OSError as error:
            return f"The camera process cannot be started: {error.strerror or error}."

    async def _listen(self, child: _Child, glances: Glances) -> str:
        patience_s = self._times.start_s
        while True:
            try:
                async with asyncio.timeout(patience_s):
                    line = await child.messages.readline()
                message = message_of(line) if line else None
            except TimeoutError:
                _kill(child.process)
                return f"The camera process said nothing for {patience_s:g} s and was ended."
            except (ValueError, msgspec.DecodeError):
                _kill(child.process)
                return "The camera process said what cannot be understood and was ended."
            match message:
                case Opened(camera, engines):
                    await glances.put(EyesOpened(camera, engines))
                    patience_s = self._times.silent_s
                case LookedAt(reads, decode_ms, at_ms):
                    await glances.put(Looked(tuple(map(self._read, reads)), decode_ms, at_ms / 1000))
                case CheckedPicture(picture, counts):
                    await glances.put(Checked(picture, counts))
                case Ended(why):
                    return why
                case None:
                    return await self._death_of(child.process)
                case _:
                    assert_never(message)

    async def _death_of(self, process: Process) -> str:
        """It says nothing any more; one that does not end by itself, stuck in a driver, is ended."""
        try:
            async with asyncio.timeout(self._times.end_s):
                return _obituary(await process.wait())
        except TimeoutError:
            _kill(process)
            return "The camera process fell silent without an end and was ended."

    def _read(self, seen: Seen) -> Read:
        if seen.code is None:
            return Read(None, seen.symbology, seen.test)
        # Parsed once more: the child is where anybody's pictures meet C code.
        return recognise(seen.code, seen.symbology, self._pattern)


@asynccontextmanager
async def _started(command: Sequence[str], settings: ChildSettings, end_s: float) -> AsyncIterator[_Child]:
    """A child and its messages; on leaving, the child has ended."""
    async with _message_pipe() as (messages, theirs):
        try:
            # Its own pipe for messages, because libraries print to stdout.
            process = await asyncio.create_subprocess_exec(
                *command, str(theirs.fileno()), stdin=PIPE, stdout=DEVNULL, pass_fds=(theirs.fileno(),)
            )
        finally:
            # With our copy of its end closed, the pipe ends with the child.
            theirs.close()
        try:
            # stdin stays open: its end tells the child that its parent is gone, however that came about.
            if process.stdin:
                process.stdin.write(to_line(settings))
            yield _Child(process, messages)
        finally:
            await _end(process, end_s)


@asynccontextmanager
async def _message_pipe() -> AsyncIterator[tuple[asyncio.StreamReader, IO[bytes]]]:
    """Our end as a reader, and the child's end."""
    ours, theirs = (os.fdopen(end, mode) for end, mode in zip(os.pipe(), ("rb", "wb"), strict=True))
    reader = asyncio.StreamReader()
    with theirs, ours:
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), ours
        )
        try:
            yield reader, theirs
        finally:
            transport.close()


async def _end(process: Process, end_s: float) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        async with asyncio.timeout(end_s):
            await process.wait()
    except TimeoutError:
        _kill(process)
        await process.wait()


def _kill(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()


def _obituary(code: int) -> str:
    if code < 0:
        return f"The camera process was ended by signal {-code} ({signal.strsignal(-code)})."
    return f"The camera process ended with exit code {code}."
