"""What the server's pages need of the store."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Protocol

from server.domain.figures import By, Letters, Overview, Reread, Summary


class Figures(Protocol):
    """Reads for people and programs. Called from a worker thread; each call is one transaction.

    Raises :class:`~agent.told.ToldError` while the store cannot be read.
    """

    def summary(self, first: date | None, last: date | None, by: By) -> Summary:
        """Visits from ``first`` to ``last``, both included; ``None`` is today in the fleet's zone."""
        ...

    def overview(self) -> Overview: ...

    def letters(self) -> Letters: ...


class DeadLetters(Protocol):
    """The one change that the pages make. Raises :class:`~agent.told.ToldError` as :class:`Figures` does."""

    def retry(self) -> Reread:
        """Read every dead letter once more, a bounded piece in each transaction.

        What was read before an error stays read.
        """
        ...


class Changes(Protocol):
    """Tells the web's event streams that the store changed."""

    def watch(self) -> AsyncIterator[None]:
        """Yields after each change, and never more often than twice a second. Ends when the server stops."""
        ...
