"""The open pages' event stream: after each change, the parts that are different now."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from contextlib import suppress
from typing import Final

from agent.told import ToldError
from agent.wire.screen import Language
from server.ports import Changes
from server.web.language import language

BEAT_S: Final = 20.0
"""Without a change a stream still says something: "42 min" grows, and the page knows that it is connected."""
RETRY_MS: Final = 2000

Parts = Mapping[str, str]
Render = Callable[[Collection[Language]], Mapping[Language, Parts]]
"""Reads once what the parts are made of, and makes them in each of these languages."""


class Live:
    """Hands every open page what changed, in its language.

    Pages that ask at the same time share one reading, and those of a language one rendering.
    """

    def __init__(self, changes: Changes, render: Render, *, beat_s: float) -> None:
        self._changes = changes
        self._render = render
        self._beat_s = beat_s
        self._turn = asyncio.Lock()
        self._next: asyncio.Task[Mapping[Language, Parts]] | None = None
        self._wanted: set[Language] = set()

    async def stream(self) -> AsyncGenerator[str]:
        """Server-sent events for one page, in its request's language, until it goes or the server stops."""
        spoken = language()
        changed = asyncio.Event()
        watcher = asyncio.create_task(self._watch(changed))
        sent: Parts = {}
        yield f"retry: {RETRY_MS}\n\n"
        try:
            while not watcher.done():
                try:
                    parts = await self._parts(spoken)
                except ToldError:  # the store is away: the page says so, and comes back by itself
                    return
                # A slow page skips what it missed: it is told the difference to what it has, not each step.
                yield _event({name: html for name, html in parts.items() if sent.get(name) != html})
                sent = parts
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._beat_s):
                        await changed.wait()
                changed.clear()
        finally:
            watcher.cancel()
            with suppress(asyncio.CancelledError):
                await watcher

    async def _watch(self, changed: asyncio.Event) -> None:
        try:
            async for _ in self._changes.watch():
                changed.set()
        finally:
            changed.set()  # the stream looks up and sees that the server stops

    async def _parts(self, spoken: Language) -> Parts:
        """Joins the rendering that has not begun yet; one that runs may have read before the change."""
        if self._next is None:
            self._next = asyncio.create_task(self._render_in_turn())
        self._wanted.add(spoken)
        made = await asyncio.shield(self._next)  # one page that goes must not take it from the others
        return made[spoken]

    async def _render_in_turn(self) -> Mapping[Language, Parts]:
        async with self._turn:
            self._next, wanted, self._wanted = None, self._wanted, set()
            return await asyncio.to_thread(self._render, wanted)


def _event(parts: Parts) -> str:
    return f"data: {json.dumps(parts, ensure_ascii=False)}\n\n"
