"""Cards that are shown one after the other: the next one when the light of the last was lit."""

import asyncio
import os
import sys
import time
from collections.abc import Callable

from agent.core.actions import Signal

LOOK_S = 0.01
LONGEST_S = 1800.0


class LightsForCards:
    """Notes when a light was lit, and lets the child show the next card, until :meth:`end`."""

    def __init__(self, told: int) -> None:
        self.lit_ns: list[int] = []
        self.ended = asyncio.Event()
        self._told = told
        self._ending = False

    def show(self, signal: Signal) -> None:
        if signal is Signal.ASK_STAFF:
            sys.exit("A commit took over 3 s: this disk is too busy to be measured. Try again later.")
        if signal is Signal.ACCEPTED:
            self.lit_ns.append(time.monotonic_ns())
            if self._ending:
                self.ended.set()
            else:
                os.write(self._told, b".")

    def end(self) -> None:
        """The next light is the last."""
        self._ending = True

    def close(self) -> None:
        pass


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110  (what is waited for happens in threads)
        await asyncio.sleep(LOOK_S)
