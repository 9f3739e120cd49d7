"""An event loop that waits for nothing: where nobody has anything to do, its clock jumps ahead."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from selectors import SelectorKey
from typing import Any, TypeVar

T = TypeVar("T")


class _Jumps(selectors.SelectSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("nobody waits for a time: nothing would ever happen again")
        if not ready and timeout is not None:
            self.now += max(timeout, 0.0)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its time begins at 0 seconds. Nothing in it may use threads: the clock would not wait for them."""

    def __init__(self) -> None:
        self._jumps = _Jumps()
        super().__init__(self._jumps)

    def time(self) -> float:
        return self._jumps.now

    def finish(self) -> None:
        """End what still runs, then close."""
        tasks = asyncio.all_tasks(self)
        for task in tasks:
            task.cancel()
        self.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self.run_until_complete(self.shutdown_asyncgens())
        self.close()


def play(scene: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run ``scene`` in virtual time."""
    loop = VirtualLoop()
    errors: list[BaseException] = []
    loop.set_exception_handler(
        lambda _, context: errors.append(context.get("exception") or RuntimeError(context["message"]))
    )
    try:
        outcome = loop.run_until_complete(scene())
    finally:
        loop.finish()
    if errors:
        raise errors[0]
    return outcome
