"""A thread of its own for something slow that must be used by one at a time, in order."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Worker:
    def __init__(self, name: str) -> None:
        self._threads = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await asyncio.wrap_future(self._threads.submit(work, *args, **kwargs))

    def submit(self, work: Callable[[], R], done: Callable[["Future[R]"], None]) -> None:
        """Have ``work`` done after all that was submitted before; ``done`` is called in the loop."""
        loop = asyncio.get_running_loop()

        def tell(future: "Future[R]") -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(done, future)

        self._threads.submit(work).add_done_callback(tell)

    def close(self) -> None:
        """Finish what was submitted, then end the thread."""
        self._threads.shutdown(wait=True)
