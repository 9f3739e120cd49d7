"""Glances on their way from the camera child to the loop: in order, bounded, and no read is lost."""

import asyncio
from collections import deque

from agent.ports.eyes import Glance, Looked

MAX_WAITING = 256
"""Frames with reads that wait for a stuck loop; then the child has to wait, too."""


class Glances:
    """One writer, one reader, in one event loop."""

    def __init__(self) -> None:
        self._waiting: deque[Glance] = deque()
        self._changed = asyncio.Condition()
        self._broken: BaseException | None = None

    async def put(self, glance: Glance) -> None:
        async with self._changed:
            if _empty(glance) and self._waiting and _empty(self._waiting[-1]):
                return
            await self._changed.wait_for(lambda: len(self._waiting) < MAX_WAITING)
            self._waiting.append(glance)
            self._changed.notify_all()

    async def take(self) -> Glance:
        """The oldest glance. Raises what :meth:`fail` was given."""
        async with self._changed:
            await self._changed.wait_for(lambda: bool(self._waiting) or self._broken is not None)
            if not self._waiting and self._broken:
                raise self._broken
            glance = self._waiting.popleft()
            self._changed.notify_all()
            return glance

    async def fail(self, error: BaseException) -> None:
        """There will be no more: whoever takes next learns why instead of waiting for ever."""
        async with self._changed:
            self._broken = error
            self._changed.notify_all()


def _empty(glance: Glance) -> bool:
    return isinstance(glance, Looked) and not glance.reads
