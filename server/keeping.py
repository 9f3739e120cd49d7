"""The keeping's life beside the ingest: at the start, and then every hour, while the lease is this process's.

A day is over once, but a laptop's lid or a restore may pass over any moment of it; an hour's look costs one
question of an index.
"""

import logging
import threading
from collections.abc import Callable
from typing import Final, Self

from agent.told import ToldError
from server.domain.keeping import Kept
from server.ingest_ports import TermOver

LOG = logging.getLogger("kaiku.keeping")

LOOK_S: Final = 3600.0


class KeepingThread:
    """``run`` is told whether to go on, and does its work in small transactions."""

    def __init__(
        self,
        run: Callable[[Callable[[], bool]], Kept],
        changed: Callable[[], None],
        look_s: float = LOOK_S,
    ) -> None:
        self._run = run
        self._changed = changed
        self._look_s = look_s
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._live, name="keeping")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._ending.set()
        self._thread.join()

    def join(self, timeout_s: float) -> None:
        """Wait for it to end by itself."""
        self._thread.join(timeout_s)

    def _live(self) -> None:
        while not self._ending.is_set():
            try:
                self._once()
            except TermOver:
                return  # and the ingest ends with it
            except ToldError as error:
                LOG.warning("codes that have had their time wait for the next look: %s", error)
            self._ending.wait(self._look_s)

    def _once(self) -> None:
        done = self._run(lambda: not self._ending.is_set())
        for year, count in done.visits:
            LOG.info("%d visits of %d have a pseudonym in their code's place", count, year)
        if done.total or done.letters:
            self._changed()
