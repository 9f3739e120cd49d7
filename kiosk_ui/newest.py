"""The newest of something for every browser that watches: a slow, dead or missing one holds nobody up."""

import asyncio
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Newest(Generic[T]):
    def __init__(self, first: T) -> None:
        self.value = first
        self._shows = 0
        self._closed = False
        self._changed = asyncio.Event()

    def show(self, value: T) -> None:
        self.value = value
        self._shows += 1
        self._wake()

    async def watch(self, ping_s: float) -> AsyncIterator[T | None]:
        """The one of now, then each newer; ``None`` after ``ping_s`` without news. Ends on :meth:`close`."""
        shows = -1
        while not self._closed:
            changed = self._changed
            if shows != self._shows:
                shows = self._shows
                yield self.value
                continue
            try:
                async with asyncio.timeout(ping_s):
                    await changed.wait()
            except TimeoutError:
                yield None

    def close(self) -> None:
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
