"""The screen as a web page sees it: the newest view for every browser, one answer each time it is shown."""

import asyncio
from collections.abc import AsyncIterator
from typing import Literal

from agent.config import ScreenConfig
from agent.ports.screen import View
from agent.wire import screen as wire
from kiosk_ui.messages import screen_message

Taken = Literal["taken", "not_open", "not_offered"]


class WebScreen:
    """Showing only sets the newest view: a browser that is slow, dead or missing holds nobody up."""

    def __init__(self, config: ScreenConfig) -> None:
        self._config = config
        self._view = View("starting")
        self._answered = False
        self._closed = False
        self._changed = asyncio.Event()
        self._shows = self._more = 0
        self._said: asyncio.Queue[wire.Said] = asyncio.Queue()

    def show(self, view: View) -> None:
        self._view, self._answered = view, False
        self._shows += 1
        self._wake()

    def more(self) -> None:
        self._more += 1
        self._wake()

    async def said(self) -> AsyncIterator[wire.Said]:
        while True:
            yield await self._said.get()

    def take(self, said: wire.Said) -> Taken:
        """A tap. One to a question counts once, and only while that is on the screen."""
        if not isinstance(said, wire.Hear):
            if self._answered or not self._view.asks(said):
                return "not_open"
            if not self._view.allows(said):
                return "not_offered"
            self._answered = True
        self._said.put_nowait(said)
        return "taken"

    async def watch(self, ping_s: float) -> AsyncIterator[wire.Screen | Literal["more"] | None]:
        """The state of now, then each newer one; ``None`` after ``ping_s`` without news.

        So silence means a dead agent. A reader that comes back late gets the newest state and none of
        those between. ``more`` is a real key that stands for the page's own. Ends on :meth:`close`.
        """
        more, shows = self._more, -1
        while True:
            changed = self._changed
            if shows != self._shows:
                shows = self._shows
                yield screen_message(self._view, self._config)
            while more < self._more:
                more += 1
                yield "more"
            while not (changed.is_set() or self._closed):
                try:
                    async with asyncio.timeout(ping_s):
                        await changed.wait()
                except TimeoutError:
                    yield None
            if self._closed:
                return

    def close(self) -> None:
        """End every stream, now and to come."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
