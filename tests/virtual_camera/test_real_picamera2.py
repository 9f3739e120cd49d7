"""The real adapter and the real child, with the real decoders, on the real picamera2 and libcamera."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Iterator, Sequence
from pathlib import Path
from typing import cast

import msgspec
import numpy as np
import pytest

from agent.adapters.camera_child_process import CameraChildProcess, ChildTimes
from agent.adapters.child_messages import ChildSettings, UsePicamera
from agent.adapters.picamera import Picamera
from agent.adapters.zxing import ZxingDecoder
from agent.core.reads import Read
from agent.ports.eyes import EyesLost, EyesOpened, Glance, Looked
from agent.wire.card_code import DEFAULT_PATTERN, CardCode
from tests.virtual_camera.frames import BARCODE, CARD, PHONE

DEADLINE_S = 120.0
FRAMES = 400
"""More than enough: the virtual camera runs freely, so which picture a frame is of is chance."""
SETTINGS = ChildSettings(
    camera=UsePicamera(), width=1280, height=720, frames_per_second=30, pattern=DEFAULT_PATTERN
)
COMMAND = (sys.executable, "-m", "tests.virtual_camera.child")


def eyes(command: Sequence[str] = COMMAND, settings: ChildSettings = SETTINGS) -> CameraChildProcess:
    return CameraChildProcess(settings, ChildTimes(first_pause_s=0.05), command)


async def watched_until_all_are_read() -> tuple[EyesOpened, set[Read]]:
    watched = cast("AsyncGenerator[Glance, None]", eyes().watch())
    wanted = {CardCode(code) for code in (CARD, PHONE, BARCODE)}
    reads: set[Read] = set()
    try:
        async with asyncio.timeout(DEADLINE_S):
            opened = await anext(watched)
            assert isinstance(opened, EyesOpened)
            for _ in range(FRAMES):
                glance = await anext(watched)
                assert isinstance(glance, Looked), glance
                reads.update(glance.reads)
                if wanted <= {read.code for read in reads} and Read(None, "qr") in reads:
                    break
    finally:
        await watched.aclose()
    return opened, reads


def test_the_child_reads_what_the_camera_shows() -> None:
    opened, reads = asyncio.run(watched_until_all_are_read())
    assert opened.camera == "Virtual Card Camera"
    assert [engine.split()[0] for engine in opened.engines] == ["zxing-cpp", "pyzbar"]
    assert {
        Read(CardCode(CARD), "qr"),
        Read(CardCode(PHONE), "qr"),
        Read(CardCode(BARCODE), "code39"),
    } <= reads
    assert Read(None, "qr") in reads  # the poster: only that there was one


def test_a_frame_that_does_not_come_in_time_ends_the_child_with_a_sentence() -> None:
    async def scene() -> None:
        settings = msgspec.structs.replace(SETTINGS, frame_timeout_s=1e-6)
        watched = cast("AsyncGenerator[Glance, None]", eyes(COMMAND, settings).watch())
        try:
            async with asyncio.timeout(DEADLINE_S):
                # Now and then one does come within a microsecond.
                lost = await anext(glance async for glance in watched if isinstance(glance, EyesLost))
                assert "gave no frame" in lost.why
        finally:
            await watched.aclose()

    asyncio.run(scene())


NAMED_CHILD = (
    "import os, pathlib, sys; pathlib.Path(sys.argv[1]).write_text(str(os.getpid()));"
    "os.execv(sys.executable, [sys.executable, '-m', 'tests.virtual_camera.child', sys.argv[2]])"
)
"""A child that first leaves its process's number in a file."""


def test_a_child_that_dies_is_followed_by_one_that_sees_again(tmp_path: Path) -> None:
    named = tmp_path / "pid"
    command = (sys.executable, "-c", NAMED_CHILD, str(named))

    async def scene() -> None:
        watched = cast("AsyncGenerator[Glance, None]", eyes(command).watch())
        try:
            async with asyncio.timeout(DEADLINE_S):
                assert isinstance(await anext(watched), EyesOpened)
                assert isinstance(await anext(watched), Looked)
                os.kill(int(named.read_text()), signal.SIGKILL)
                await anext(glance async for glance in watched if isinstance(glance, EyesLost))
                assert isinstance(await anext(watched), EyesOpened)
                assert isinstance(await anext(watched), Looked)
        finally:
            await watched.aclose()

    asyncio.run(scene())


@pytest.fixture
def camera() -> Iterator[Picamera]:
    camera = Picamera(width=1280, height=720, frames_per_second=10)
    yield camera
    camera.close()


def test_a_frame_is_a_view_of_the_cameras_own_memory(camera: Picamera) -> None:
    camera.open()
    with camera.frame(2.0) as luma:
        assert luma.shape == (720, 1280)
        assert not luma.flags.owndata
        assert luma.mean() > 20
        assert ZxingDecoder().decode(luma)


def test_what_the_camera_makes_of_the_wanted_size_is_read_back() -> None:
    camera = Picamera(width=1000, height=700, frames_per_second=10)
    camera.open()
    try:
        with camera.frame(2.0) as luma:
            assert luma.shape != (700, 1000)
            # A wrong size would shear the picture, and nothing could be read.
            reads = [bool(ZxingDecoder().decode(luma))]
    finally:
        camera.close()
    assert any(reads)


def test_every_buffer_comes_back(camera: Picamera) -> None:
    camera.open()
    means = []
    for _ in range(50):
        with camera.frame(2.0) as luma:
            means.append(float(np.mean(luma)))
    assert len(set(means)) > 1
