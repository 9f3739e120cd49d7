"""What waits between child and loop: no read is lost, and an empty counter does not pile up."""

import asyncio

import pytest

from agent.adapters.glances import MAX_WAITING, Glances
from agent.core.reads import Read
from agent.ports.eyes import EyesLost, Glance, Looked

EMPTY = Looked((), 1.0)
FOREIGN = Looked((Read(None, "qr"),), 1.0)


async def taken(glances: Glances, count: int) -> list[Glance]:
    return [await glances.take() for _ in range(count)]


def test_empty_frames_in_a_row_wait_as_one() -> None:
    async def play() -> list[Glance]:
        glances = Glances()
        for glance in (EMPTY, EMPTY, FOREIGN, FOREIGN, EMPTY, EMPTY, EyesLost("gone")):
            await glances.put(glance)
        return await taken(glances, 5)

    assert asyncio.run(play()) == [EMPTY, FOREIGN, FOREIGN, EMPTY, EyesLost("gone")]


def test_a_stuck_loop_makes_the_child_wait_instead_of_losing_a_read() -> None:
    async def play() -> tuple[bool, int]:
        glances = Glances()
        for _ in range(MAX_WAITING):
            await glances.put(FOREIGN)
        writer = asyncio.create_task(glances.put(FOREIGN))
        await asyncio.sleep(0)
        waited = not writer.done()
        reads = await taken(glances, MAX_WAITING + 1)
        await writer
        return waited, len(reads)

    assert asyncio.run(play()) == (True, MAX_WAITING + 1)


def test_a_failure_is_raised_after_what_was_seen() -> None:
    async def play() -> Glance:
        glances = Glances()
        await glances.put(FOREIGN)
        await glances.fail(ZeroDivisionError())
        first = await glances.take()
        with pytest.raises(ZeroDivisionError):
            await glances.take()
        return first

    assert asyncio.run(play()) == FOREIGN
