"""The real child with the real decoders on the real picamera2 and libcamera, as the agent sees it."""

import asyncio
from collections.abc import Iterator

import pytest

from agent.core.reads import Read
from agent.ports.eyes import EyesLost, EyesOpened, Looked
from agent.wire.card_code import CardCode
from tests.virtual_camera.frames import BARCODE, CARD, PHONE
from tests.virtual_camera.watching import NamedChild, watching

FRAMES = 400
"""More than enough: the virtual camera runs freely, so which picture a frame is of is chance."""
POSTER = Read(None, "qr")
"""Only that there was one."""
ALL = {
    Read(CardCode(CARD), "qr"),
    Read(CardCode(PHONE), "qr"),
    Read(CardCode(BARCODE), "code39"),
    POSTER,
}


@pytest.fixture
def child() -> Iterator[NamedChild]:
    with NamedChild() as child:
        yield child


def test_it_reads_what_the_camera_shows(child: NamedChild) -> None:
    async def scene() -> set[Read]:
        reads: set[Read] = set()
        async with watching(child.eyes()) as watched:
            opened = await anext(watched)
            assert isinstance(opened, EyesOpened)
            assert opened.camera == "Virtual Card Camera"
            assert [engine.split()[0] for engine in opened.engines] == ["zxing-cpp", "pyzbar"]
            for _ in range(FRAMES):
                glance = await anext(watched)
                assert isinstance(glance, Looked), glance
                reads.update(glance.reads)
                if reads >= ALL:
                    break
        return reads

    assert asyncio.run(scene()) >= ALL


def test_one_that_dies_is_followed_by_one_that_sees_again(child: NamedChild) -> None:
    async def scene() -> None:
        async with watching(child.eyes()) as watched:
            assert isinstance(await anext(watched), EyesOpened)
            assert isinstance(await anext(watched), Looked)
            child.kill()
            await anext(glance async for glance in watched if isinstance(glance, EyesLost))
            assert isinstance(await anext(watched), EyesOpened)
            assert isinstance(await anext(watched), Looked)

    asyncio.run(scene())


def test_a_frame_that_does_not_come_in_time_ends_it_with_a_sentence(child: NamedChild) -> None:
    async def scene() -> None:
        async with watching(child.eyes(frame_timeout_s=1e-6)) as watched:
            # Now and then one does come within a microsecond.
            lost = await anext(glance async for glance in watched if isinstance(glance, EyesLost))
            assert "gave no frame" in lost.why

    asyncio.run(scene())
