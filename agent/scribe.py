"""The loop's way to the journal: a note that the disk did not take goes before whatever comes after it."""

from collections import deque
from collections.abc import Callable
from typing import TypeVar

from agent.ports.journal import Journal

R = TypeVar("R")


class Scribe:
    """All of it on the journal's thread, where the order is the true one. Raises what the journal raises.

    A card may be on its way to the disk already when the mark of the one before turns out to have failed. Its
    record would settle that one without its mark: so nothing is written before what is owed.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._owed: deque[Callable[[Journal], object]] = deque()

    def write(self, work: Callable[[Journal], R]) -> R:
        """Do ``work`` after all that is owed, or not at all."""
        self._catch_up()
        return work(self._journal)

    def note(self, work: Callable[[Journal], object]) -> None:
        """Likewise, and what fails is owed: without it somebody would be counted wrongly."""
        self._owed.append(work)
        self._catch_up()

    def _catch_up(self) -> None:
        while self._owed:
            self._owed[0](self._journal)
            self._owed.popleft()
