"""The real web app on a real port, in a thread of its own, driven as the agent drives it."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from agent.config import ScreenConfig
from agent.core.staff_view import StaffView
from agent.core.staff_words import Said
from agent.ports.screen import View
from agent.wire.screen import Answer, Hear, Question, Wish
from kiosk_ui.screen import WebScreen
from kiosk_ui.serve import serve
from kiosk_ui.staff_app import StaffPages

QUESTION: Final = Question(epoch="0123456789abcdef0123456789abcdef", seq=7, about="children", most=20)
WAIT_S: Final = 10
PING_S: Final = 0.2


class RunningScreen:
    """What the agent would do, from the thread of the test. ``answers`` is what reached the agent."""

    def __init__(self, config: ScreenConfig, ping_s: float, staff: StaffPages | None = None) -> None:
        self.address = ""
        self.answers: list[Answer | Wish] = []
        self.hears: list[Hear] = []
        self._screen = WebScreen(config)
        self._staff = staff
        self.said: list[Said] = []
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live(config, ping_s)))

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(WAIT_S), "the page was not served in time"

    def stop(self) -> None:
        """Returns when the port is free again. May be called twice."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(WAIT_S)
            assert not self._thread.is_alive(), "the page did not end in time"

    def heard(self, count: int) -> list[Answer | Wish]:
        """The answers once there are ``count``: the page has its 204 before the agent has read them."""
        end = time.monotonic() + WAIT_S
        while len(self.answers) < count and time.monotonic() < end:
            time.sleep(0.01)
        return self.answers

    def show(self, view: View) -> None:
        self._loop.call_soon_threadsafe(self._screen.show, view)

    def forget(self) -> None:
        """What was shown and said until now. Who waits for an answer comes before."""
        self.show(View("starting"))
        self._loop.call_soon_threadsafe(self.answers.clear)
        self._loop.call_soon_threadsafe(self.hears.clear)

    def show_staff(self, view: StaffView) -> None:
        assert self._staff
        self._loop.call_soon_threadsafe(self._staff.desk.show, view)

    def staff_said(self, count: int) -> list[Said]:
        """Likewise of the staff."""
        end = time.monotonic() + WAIT_S
        while len(self.said) < count and time.monotonic() < end:
            time.sleep(0.01)
        return self.said

    def more(self) -> None:
        self._loop.call_soon_threadsafe(self._screen.more)

    async def _live(self, config: ScreenConfig, ping_s: float) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with serve(self._screen, config, ping_s, self._staff) as self.address:
            reading = [asyncio.create_task(self._read()), asyncio.create_task(self._read_staff())]
            self._ready.set()
            await self._stop.wait()
            for task in reading:
                task.cancel()

    async def _read(self) -> None:
        async for said in self._screen.said():
            if isinstance(said, Hear):
                self.hears.append(said)
            else:
                self.answers.append(said)

    async def _read_staff(self) -> None:
        if self._staff:
            async for said in self._staff.desk.said():
                self.said.append(said)


@contextmanager
def running_screen(
    config: ScreenConfig, ping_s: float = PING_S, staff: StaffPages | None = None
) -> Iterator[RunningScreen]:
    running = RunningScreen(config, ping_s, staff)
    running.start()
    try:
        yield running
    finally:
        running.stop()
