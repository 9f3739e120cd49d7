"""The screen as a web page sees it: the newest view for every browser, one answer each time it is shown."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Literal

from agent.config import ScreenConfig
from agent.ports.screen import View
from agent.wire import screen as wire
from kiosk_ui.messages import screen_message
from kiosk_ui.newest import Newest

Taken = Literal["taken", "not_open", "not_offered"]


@dataclass(frozen=True, slots=True)
class _Shown:
    """A view, which one it is, and how often the real key ``more`` was pressed until now."""

    view: View
    number: int = 0
    more: int = 0


class WebScreen:
    """Showing only sets the newest view: a browser that is slow, dead or missing holds nobody up."""

    def __init__(self, config: ScreenConfig) -> None:
        self._config = config
        self._newest = Newest(_Shown(View("starting")))
        self._answered = False
        self._said: asyncio.Queue[wire.Said] = asyncio.Queue()

    def show(self, view: View) -> None:
        self._answered = False
        shown = self._newest.value
        self._newest.show(replace(shown, view=view, number=shown.number + 1))

    def more(self) -> None:
        shown = self._newest.value
        self._newest.show(replace(shown, more=shown.more + 1))

    async def said(self) -> AsyncIterator[wire.Said]:
        while True:
            yield await self._said.get()

    def take(self, said: wire.Said) -> Taken:
        """A tap. One to a question counts once, and only while that is on the screen."""
        if not isinstance(said, wire.Hear):
            view = self._newest.value.view
            if self._answered or not view.asks(said):
                return "not_open"
            if not view.allows(said):
                return "not_offered"
            self._answered = True
        self._said.put_nowait(said)
        return "taken"

    async def watch(self, ping_s: float) -> AsyncIterator[wire.Screen | Literal["more"] | None]:
        """The state of now, then each newer one; ``None`` after ``ping_s`` without news.

        So silence means a dead agent. A reader that comes back late gets the newest state and none of
        those between. ``more`` is a real key that stands for the page's own. Ends on :meth:`close`.
        """
        number, more = -1, self._newest.value.more
        async for shown in self._newest.watch(ping_s):
            if shown is None:
                yield None
                continue
            if number != shown.number:
                number = shown.number
                yield screen_message(shown.view, self._config)
            while more < shown.more:
                more += 1
                yield "more"

    async def comings(self, ping_s: float) -> AsyncIterator[bool]:
        """``True`` each time when the screen becomes another visitor's, from now on.

        ``False`` after ``ping_s`` without news, or with other news. Ends on :meth:`close`.
        """
        whose = self._newest.value.view.visitor
        async for shown in self._newest.watch(ping_s):
            visitor = shown.view.visitor if shown else None
            yield visitor not in (None, whose)
            whose = whose if visitor is None else visitor

    def close(self) -> None:
        """End every stream, now and to come."""
        self._newest.close()
