"""The agent's side of the real child on the virtual camera."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Self, cast

import msgspec

from agent.adapters.camera_child_process import CameraChildProcess, ChildTimes
from agent.adapters.child_messages import ChildSettings, UsePicamera
from agent.ports.eyes import Eyes, Glance
from agent.wire.card_code import DEFAULT_PATTERN

DEADLINE_S: Final = 120.0
SETTINGS: Final = ChildSettings(
    camera=UsePicamera(), width=1280, height=720, frames_per_second=30, pattern=DEFAULT_PATTERN
)
PROGRAM: Final = (
    "import os, pathlib, sys; pathlib.Path(sys.argv[1]).write_text(str(os.getpid()));"
    "os.execv(sys.executable, [sys.executable, '-m', 'tests.virtual_camera.child', sys.argv[2]])"
)
"""The child, once its process's number is in a file."""


class NamedChild:
    """A child whose process is known."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory()
        self._named = Path(self._folder.name) / "pid"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def eyes(self, *, frame_timeout_s: float = 1.0) -> CameraChildProcess:
        settings = msgspec.structs.replace(SETTINGS, frame_timeout_s=frame_timeout_s)
        command = (sys.executable, "-c", PROGRAM, str(self._named))
        return CameraChildProcess(settings, ChildTimes(), command)

    def kill(self) -> None:
        os.kill(int(self._named.read_text()), signal.SIGKILL)


@asynccontextmanager
async def watching(eyes: Eyes) -> AsyncIterator[AsyncGenerator[Glance, None]]:
    watched = cast("AsyncGenerator[Glance, None]", eyes.watch())
    try:
        async with asyncio.timeout(DEADLINE_S):
            yield watched
    finally:
        await watched.aclose()
