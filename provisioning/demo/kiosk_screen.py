"""A kiosk's screen as a visitor has it: what it shows, and a tap on a number."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable
from typing import Final

import httpx
import msgspec

from agent.wire.screen import Answer, Question, Screen

AGAIN_S: Final = 1.0
READ_S: Final = 15.0
"""Three of the screen's pings."""
_TOKEN: Final = re.compile(r'name="kaiku-token" content="([^"]+)"')


class KioskScreen:
    """Follows one screen over its own web address, as its page does."""

    def __init__(self, address: str, web: httpx.AsyncClient) -> None:
        self._address = address
        self._web = web
        self._token = ""
        self._shown: Screen | None = None
        self._changed = asyncio.Condition()

    @property
    def shown(self) -> Screen | None:
        """``None`` while the kiosk does not answer."""
        return self._shown

    async def follow(self) -> None:
        """Without end: a kiosk that is started again has another token."""
        while True:
            with contextlib.suppress(httpx.HTTPError, msgspec.DecodeError):
                async for screen in self._messages():
                    await self._set(screen)
            await self._set(None)
            await asyncio.sleep(AGAIN_S)

    async def until(self, wanted: Callable[[Screen | None], bool], timeout_s: float) -> Screen | None:
        """What is shown once ``wanted`` holds, or ``None`` if it does not in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s), self._changed:
                await self._changed.wait_for(lambda: wanted(self._shown))
                return self._shown
        return None

    async def changes(self) -> AsyncIterator[Screen | None]:
        """What is shown now, and after each change."""
        while True:
            shown = self._shown
            yield shown
            async with self._changed:
                while self._shown is shown:
                    await self._changed.wait()

    async def answer(self, question: Question, count: int) -> bool:
        """Tap a number; ``False`` where the question was not open any more."""
        given = Answer(epoch=question.epoch, seq=question.seq, about=question.about, count=count)
        try:
            response = await self._web.post(
                f"{self._address}answer",
                content=msgspec.json.encode(given),
                headers={"content-type": "application/json", "x-kaiku-token": self._token},
            )
        except httpx.HTTPError:
            return False
        return response.is_success

    async def _messages(self) -> AsyncIterator[Screen]:
        page = await self._web.get(self._address)
        found = _TOKEN.search(page.text)
        if not found:
            return
        self._token = found.group(1)
        url = f"{self._address}events"
        async with self._web.stream("GET", url, params={"token": self._token}, timeout=READ_S) as stream:
            event = ""
            async for line in stream.aiter_lines():
                if line.startswith("event:"):
                    event = line.removeprefix("event:").strip()
                elif line.startswith("data:") and event == "screen":
                    yield msgspec.json.decode(line.removeprefix("data:"), type=Screen)

    async def _set(self, screen: Screen | None) -> None:
        async with self._changed:
            self._shown = screen
            self._changed.notify_all()
