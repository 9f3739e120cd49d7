"""The simulated staff desk: remembers what it was told to show, and says what it is told to."""

import asyncio
from collections.abc import AsyncIterator

from agent.core.staff_view import StaffView
from agent.core.staff_words import Said


class SimulatedStaffDesk:
    """The twin of the page. ``view`` is the newest."""

    def __init__(self) -> None:
        self.view = StaffView()
        self._said: asyncio.Queue[Said] = asyncio.Queue()

    def show(self, view: StaffView) -> None:
        self.view = view

    async def said(self) -> AsyncIterator[Said]:
        while True:
            yield await self._said.get()

    def say(self, said: Said) -> bool:
        """Play the staff. Returns whether the desk took it, as the page's own would be."""
        if not self.view.allows(said):
            return False
        self._said.put_nowait(said)
        return True
