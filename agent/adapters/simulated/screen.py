"""The simulated screen: remembers what it was told to show, and answers when told to."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Final

from agent.ports.screen import View
from agent.wire.screen import Answer

REMEMBERED: Final = 1000
"""A simulated kiosk may run for weeks."""


class SimulatedScreen:
    """The twin of the page. ``shown`` ends with the newest view."""

    def __init__(self) -> None:
        self.shown: deque[View] = deque(maxlen=REMEMBERED)
        self._answered = False
        self._answers: asyncio.Queue[Answer] = asyncio.Queue()

    def show(self, view: View) -> None:
        self.shown.append(view)
        self._answered = False

    async def answers(self) -> AsyncIterator[Answer]:
        while True:
            yield await self._answers.get()

    def answer(self, answer: Answer) -> bool:
        """Play a visitor's tap. Returns whether the screen took it, as the page's own answer would be."""
        if self._answered or not self.shown or not self.shown[-1].allows(answer):
            return False
        self._answered = True
        self._answers.put_nowait(answer)
        return True
