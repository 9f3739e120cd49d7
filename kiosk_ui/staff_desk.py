"""The staff's page as the agent sees it."""

import asyncio
from collections.abc import AsyncIterator

from agent.core.staff_view import StaffView
from agent.core.staff_words import Said
from kiosk_ui.newest import Newest


class WebStaffDesk:
    """Showing only sets the newest view."""

    def __init__(self) -> None:
        self.newest = Newest(StaffView())
        self._said: asyncio.Queue[Said] = asyncio.Queue()

    def show(self, view: StaffView) -> None:
        self.newest.show(view)

    async def said(self) -> AsyncIterator[Said]:
        while True:
            yield await self._said.get()

    def take(self, said: Said) -> bool:
        """Whether it is offered now; then it reaches the agent."""
        if not self.newest.value.allows(said):
            return False
        self._said.put_nowait(said)
        return True
