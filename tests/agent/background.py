"""Something of the agent at work behind a test, which ends it and hears of its errors."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import ExitStack, asynccontextmanager
from typing import Any, Protocol


class Closed(Protocol):
    def close(self) -> None: ...


@asynccontextmanager
async def running(work: Coroutine[Any, Any, None], wait_s: float, *then: Closed) -> AsyncIterator[None]:
    """For ``wait_s`` seconds at most; ``then`` are closed once it has ended, in their order."""
    task = asyncio.create_task(work)
    try:
        async with asyncio.timeout(wait_s):
            yield
    finally:
        task.cancel()
        await asyncio.wait({task})
        with ExitStack() as closing:
            for one in reversed(then):
                closing.callback(one.close)
        if not task.cancelled():
            task.result()


async def until(happened: Callable[[], bool]) -> None:
    while not happened():  # noqa: ASYNC110  (what runs here is asked: nothing of it wakes a test)
        await asyncio.sleep(0.005)
