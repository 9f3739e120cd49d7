"""The simulated screen: remembers what it was told to show, and answers when told to."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Final

from agent.ports.screen import View
from agent.wire.screen import Hear, Said

REMEMBERED: Final = 1000
"""A simulated kiosk may run for weeks."""


class SimulatedScreen:
    """The twin of the page. ``shown`` ends with the newest view."""

    def __init__(self) -> None:
        self.shown: deque[View] = deque(maxlen=REMEMBERED)
        self.asked_for_more = 0
        self._answered = False
        self._said: asyncio.Queue[Said] = asyncio.Queue()

    def show(self, view: View) -> None:
        self.shown.append(view)
        self._answered = False

    def more(self) -> None:
        self.asked_for_more += 1

    async def said(self) -> AsyncIterator[Said]:
        while True:
            yield await self._said.get()

    def say(self, said: Said) -> bool:
        """Play a visitor's tap. Returns whether the screen took it, as the page's own would be."""
        if not isinstance(said, Hear):
            if self._answered or not self.shown or not self.shown[-1].allows(said):
                return False
            self._answered = True
        self._said.put_nowait(said)
        return True
