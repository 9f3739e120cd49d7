"""``kaiku-agent watch``: what the camera sees, in words, while somebody mounts it and turns its lens."""

import asyncio
import shutil
import signal
from collections.abc import AsyncGenerator, Callable
from typing import TextIO, assert_never, cast

from agent.adapters.camera_child_process import CHILD_COMMAND, CameraChildProcess, ChildTimes
from agent.adapters.stopwatch import Stopwatch
from agent.config import ConfigError, KioskConfig
from agent.core.watching import Watch
from agent.folder_lock import FolderInUseError, only_user_of
from agent.lookout import Lookout
from agent.parts import OTHER_FOLDER, Options, child_settings, make_ring
from agent.ports.eyes import Checked, Eyes, EyesLost, EyesOpened, Glance, Looked
from agent.told import ToldError


class NothingSeenError(ToldError):
    """The camera never opened. The text is its own reason."""


class LiveLine:
    """On a terminal one line that changes; elsewhere a line each time."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._terminal = out.isatty()
        self._open = False

    def now(self, text: str) -> None:
        if not self._terminal:
            self.keep(text)
            return
        columns = shutil.get_terminal_size().columns
        self._out.write(f"\r\x1b[K{text[: columns - 1]}")
        self._out.flush()
        self._open = True

    def keep(self, text: str) -> None:
        self._out.write(f"\n{text}\n" if self._open else f"{text}\n")
        self._out.flush()
        self._open = False


async def watch(config: KioskConfig, options: Options, seconds: float | None, out: TextIO) -> None:
    """Until Ctrl-C, or for ``seconds``. Raises :class:`ToldError`."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    try:
        with only_user_of(config.data, "agent", OTHER_FOLDER):
            eyes = CameraChildProcess(child_settings(config, options), ChildTimes(), CHILD_COMMAND)
            ring = make_ring(config)
            try:
                await watch_with(eyes, Lookout(ring), LiveLine(out), ended, seconds)
            finally:
                ring.close()
    except FolderInUseError as error:
        raise ConfigError(
            f"{error} (A kiosk that runs has the camera: sudo systemctl stop kaiku-agent.)"
        ) from None


async def watch_with(
    eyes: Eyes, lookout: Lookout, line: LiveLine, ended: asyncio.Event, seconds: float | None
) -> None:
    seen = Watch()
    stopwatch = Stopwatch()
    watched = cast("AsyncGenerator[Glance, None]", eyes.watch())
    looking = asyncio.create_task(_look_on(watched, lookout, seen, line, stopwatch.s))
    waiting = asyncio.create_task(ended.wait())
    try:
        await asyncio.wait({looking, waiting}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if looking.done():
            looking.result()
    finally:
        for task in (looking, waiting):
            task.cancel()
        await asyncio.wait({looking, waiting})
        await watched.aclose()
    line.keep(_summary(seen, lookout, stopwatch.s()))


async def _look_on(
    watched: AsyncGenerator[Glance, None],
    lookout: Lookout,
    seen: Watch,
    line: LiveLine,
    now: Callable[[], float],
) -> None:
    async for glance in watched:
        lookout.saw(glance)
        match glance:
            case EyesOpened(camera, engines):
                seen.begin(now())
                line.keep(f"{camera}, read with {', '.join(engines)}. End with Ctrl-C.")
            case Looked(reads, decode_ms):
                seen.looked(reads, decode_ms)
            case Checked(picture, counts):
                line.now(seen.line(picture, counts, now()))
            case EyesLost(why):
                if not lookout.looking.camera:
                    raise NothingSeenError(why)
                line.keep(f"The camera was lost: {why} It is started again.")
            case _:
                assert_never(glance)


def _summary(seen: Watch, lookout: Lookout, seconds: float) -> str:
    counts = lookout.looking.counts
    reads = ", ".join(f"{kind} ({frames})" for kind, frames in sorted(seen.kinds.items()))
    said = [f"Watched for {seconds:.0f} s, {counts.frames} frames. Read: {reads or 'nothing'}."]
    if seen.sharpness:
        least, most = seen.sharpness
        said.append(f"Sharpness: {least:.0%} to {most:.0%}.")
    told = {
        "Held up and not read": counts.unread,
        "Failures of the decoders": sum(counts.failures) + counts.retouch_failures,
        "Camera lost": lookout.looking.losses,
    }
    said += [f"{what}: {number}." for what, number in told.items() if number]
    return " ".join(said)
