"""The Eyes port without a child: sees what a test or a demo says."""

import asyncio
from collections.abc import AsyncIterator

from agent.core.looking import Counts, Picture
from agent.core.reads import Read
from agent.ports.eyes import Checked, EyesLost, EyesOpened, Glance, Looked


class SimulatedEyes:
    """Say what is seen at any time; whoever watches gets it in that order."""

    def __init__(self, camera: str = "simulated", engines: tuple[str, ...] = ("simulated",)) -> None:
        self._opened = EyesOpened(camera, engines)
        self._said: asyncio.Queue[Glance] = asyncio.Queue()

    def see(self, *reads: Read, decode_ms: float = 5.0, at_s: float | None = None) -> None:
        """One frame, with or without reads."""
        self._said.put_nowait(Looked(reads, decode_ms, at_s))

    def check(self, picture: Picture, counts: Counts) -> None:
        self._said.put_nowait(Checked(picture, counts))

    def lose(self, why: str) -> None:
        """The child ends, and is back at once."""
        self._said.put_nowait(EyesLost(why))
        self._said.put_nowait(self._opened)

    async def watch(self) -> AsyncIterator[Glance]:
        yield self._opened
        while True:
            yield await self._said.get()
