"""Watching the eyes from a test: a real camera child on a simulated camera."""

import asyncio
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import psutil

from agent.adapters.camera_child_process import CHILD_COMMAND, CameraChildProcess, ChildTimes
from agent.adapters.child_messages import ChildSettings, UsePictures, UseSocket
from agent.adapters.simulated.card_picture import card_picture
from agent.ports.camera import Luma
from agent.ports.eyes import Eyes, Glance
from agent.wire.card_code import DEFAULT_PATTERN

CODE = "A999123453"
DEADLINE_S = 60.0
QUICK = ChildTimes(silent_s=1.0, first_pause_s=0.05, most_pause_s=0.2, healthy_s=60)

Watched = AsyncGenerator[Glance, None]


def card_frame() -> Luma:
    return np.asarray(card_picture(CODE).convert("L"))


def settings_for(camera: UseSocket | UsePictures) -> ChildSettings:
    return ChildSettings(camera=camera, width=640, height=480, frames_per_second=20, pattern=DEFAULT_PATTERN)


def eyes_on(socket: Path, times: ChildTimes = QUICK) -> CameraChildProcess:
    return CameraChildProcess(settings_for(UseSocket(str(socket))), times, CHILD_COMMAND)


def eyes_with(program: str, times: ChildTimes = QUICK) -> CameraChildProcess:
    """Eyes whose child is ``program``; its first argument is the pipe's file descriptor."""
    settings = settings_for(UseSocket("unused"))
    return CameraChildProcess(settings, times, (sys.executable, "-c", program))


def play(eyes: Eyes, scene: Callable[[Watched], Awaitable[None]]) -> None:
    """Run ``scene`` on what ``eyes`` see, and end the child."""

    async def whole() -> None:
        # Every adapter's watch is an async generator; the port promises an iterator that can be closed.
        watched = cast("Watched", eyes.watch())
        try:
            async with asyncio.timeout(DEADLINE_S):
                await scene(watched)
        finally:
            await watched.aclose()

    asyncio.run(whole())


async def first(watched: Watched, wanted: Callable[[Glance], bool]) -> Glance:
    async for glance in watched:
        if wanted(glance):
            return glance
    raise AssertionError("the eyes closed")


def children(of: psutil.Process | None = None) -> Sequence[psutil.Process]:
    """The camera children that run now."""
    parent = of or psutil.Process()
    return [child for child in parent.children() if runs(child) and is_camera_child(child)]


def is_camera_child(process: psutil.Process) -> bool:
    """Other tests of this run have processes of their own, such as a broker."""
    try:
        return "agent.camera_child" in process.cmdline()
    except psutil.NoSuchProcess:
        return False


def runs(process: psutil.Process) -> bool:
    """A dead process that nobody has waited for yet does not run."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not true():
        assert time.monotonic() < deadline, "it did not come in time"
        time.sleep(0.02)
