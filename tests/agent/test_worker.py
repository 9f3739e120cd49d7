"""One thread for something slow, used by one at a time and in order."""

import asyncio
import threading
from concurrent.futures import Future
from functools import partial

import pytest

from agent.worker import Worker


def test_work_is_done_in_the_order_in_which_it_was_given() -> None:
    async def scene() -> list[int]:
        worker, done = Worker("test"), asyncio.Event()
        order: list[int] = []
        for number in range(20):
            worker.submit(partial(order.append, number), lambda _: None)
        worker.submit(lambda: None, lambda _: done.set())
        async with asyncio.timeout(5):
            await done.wait()
        worker.close()
        return order

    assert asyncio.run(scene()) == list(range(20))


def test_the_outcome_is_told_in_the_loop_s_own_thread() -> None:
    async def scene() -> tuple[str, str, str]:
        worker = Worker("test")
        told: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

        def work() -> str:
            return threading.current_thread().name

        def tell(future: "Future[str]") -> None:
            told.put_nowait((future.result(), threading.current_thread().name))

        worker.submit(work, tell)
        async with asyncio.timeout(5):
            worked, heard = await told.get()
        worker.close()
        return worked, heard, threading.current_thread().name

    worked, heard, loop = asyncio.run(scene())
    assert worked.startswith("test")
    assert heard == loop


def test_an_error_comes_back_to_whoever_asked() -> None:
    def fail() -> None:
        raise KeyError("of the work")

    async def scene() -> None:
        worker = Worker("test")
        try:
            await worker.run(fail)
        finally:
            worker.close()

    with pytest.raises(KeyError, match="of the work"):
        asyncio.run(scene())


def test_closing_finishes_what_was_given() -> None:
    done: list[int] = []

    async def scene() -> None:
        worker = Worker("test")
        for number in range(5):
            worker.submit(partial(done.append, number), lambda _: None)
        worker.close()

    asyncio.run(scene())
    assert done == list(range(5))
