"""Tells the web's event streams that the store changed; any thread may say so."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

QUIET_S: Final = 0.5
"""A page need not be newer than this."""


@dataclass(eq=False)
class _Watcher:
    loop: asyncio.AbstractEventLoop
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    closed: asyncio.Event = field(default_factory=asyncio.Event)


class StoreChanges:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watchers: set[_Watcher] = set()
        self._closed = False

    def notify(self) -> None:
        with self._lock:
            for watcher in self._watchers:
                _wake(watcher, watcher.changed)

    def close(self) -> None:
        """End every stream: the server stops."""
        with self._lock:
            self._closed = True
            for watcher in self._watchers:
                _wake(watcher, watcher.closed)
                _wake(watcher, watcher.changed)

    async def watch(self) -> AsyncIterator[None]:
        watcher = _Watcher(asyncio.get_running_loop())
        with self._lock:
            if self._closed:
                return
            self._watchers.add(watcher)
        try:
            while True:
                await watcher.changed.wait()
                if watcher.closed.is_set():
                    return
                watcher.changed.clear()
                yield
                await _pause(watcher)
        finally:
            with self._lock:
                self._watchers.discard(watcher)


def _wake(watcher: _Watcher, event: asyncio.Event) -> None:
    with suppress(RuntimeError):  # its loop ended in between: nobody is left to wake
        watcher.loop.call_soon_threadsafe(event.set)


async def _pause(watcher: _Watcher) -> None:
    try:
        async with asyncio.timeout(QUIET_S):
            await watcher.closed.wait()
    except TimeoutError:
        return
