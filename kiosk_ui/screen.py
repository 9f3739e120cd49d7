"""The screen as a web page sees it: the newest view for every browser, and one answer to each question."""

import asyncio
from collections.abc import AsyncIterator
from typing import Literal

from agent.config import ScreenConfig
from agent.ports.screen import View
from agent.wire import screen as wire
from kiosk_ui.messages import screen_message

Taken = Literal["taken", "not_open", "too_many"]


class WebScreen:
    """Showing only sets the newest view: a browser that is slow, dead or missing holds nobody up."""

    def __init__(self, config: ScreenConfig) -> None:
        self._config = config
        self._view = View("starting")
        self._answered = False
        self._closed = False
        self._changed = asyncio.Event()
        self._answers: asyncio.Queue[wire.Answer] = asyncio.Queue()

    def show(self, view: View) -> None:
        self._view, self._answered = view, False
        self._wake()

    async def answers(self) -> AsyncIterator[wire.Answer]:
        while True:
            yield await self._answers.get()

    def take(self, answer: wire.Answer) -> Taken:
        """A tap. It counts once, and only for the question that is on the screen."""
        if self._answered or not self._view.asks(answer):
            return "not_open"
        if not self._view.allows(answer):
            return "too_many"
        self._answered = True
        self._answers.put_nowait(answer)
        return "taken"

    async def watch(self, ping_s: float) -> AsyncIterator[wire.Screen | None]:
        """The state of now, then each newer one; ``None`` after ``ping_s`` without news.

        So silence means a dead agent. A reader that comes back late gets the newest state and none of
        those between. Ends on :meth:`close`.
        """
        while True:
            changed = self._changed
            yield screen_message(self._view, self._config)
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
