"""Whose turn it is: take records in while the lease is this process's, else wait for it and look again."""

import logging
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, Queue
from typing import Final, Protocol

from agent.told import ToldError
from server.domain.lease import Lease, is_elsewhere, name_of
from server.ingest import Item, Stop
from server.ingest_ports import TermOver

LOG = logging.getLogger("kaiku.intake")

LOOK_S: Final = 1.0
"""How soon a lease that was given back is taken, and how old a waiting server's page may be."""


class Leases(Protocol):
    """Each call is one transaction. Raises :class:`~agent.told.ToldError` while the store cannot be used."""

    def take(self) -> Lease:
        """The lease as it stands then: this process's own where it could be taken."""
        ...

    def give_back(self) -> None: ...


class Intake:
    """Run by :meth:`run` in its own thread.

    ``take_in`` ends when :class:`Stop` comes out of ``inbox``, or with :class:`TermOver`; ``changed`` is
    called while another process may have changed what pages show.
    """

    def __init__(
        self,
        process: str,
        leases: Leases,
        inbox: Queue[Item],
        take_in: Callable[[Lease], None],
        changed: Callable[[], None],
    ) -> None:
        self._process = process
        self._leases = leases
        self._inbox = inbox
        self._take_in = take_in
        self._changed = changed
        self._said = ""

    def run(self) -> None:
        """Until :class:`Stop` comes."""
        while not (self._had_its_turn() or self._stops()):
            self._changed()

    def _had_its_turn(self) -> bool:
        """Whether this process took records in until it was stopped."""
        try:
            held = self._leases.take()
        except ToldError as error:
            self._say(logging.WARNING, f"nobody can tell who takes the records in: {error}")
            return False
        if is_elsewhere(held, self._process):
            self._say(logging.INFO, f"waiting while {name_of(held)} takes the records in")
            return False
        self._say(logging.INFO, f"taking the records in as {name_of(held)}")
        try:
            self._take_in(held)
        except TermOver as over:
            self._say(logging.WARNING, f"no longer taking the records in: {over}")
            return False
        with suppress(ToldError):  # it then runs out by itself
            self._leases.give_back()
        return True

    def _stops(self) -> bool:
        """Wait a while. What an earlier turn left in the inbox has no receipt, so it comes again."""
        with suppress(Empty):
            while not isinstance(self._inbox.get(timeout=LOOK_S), Stop):
                pass
            return True
        return False

    def _say(self, level: int, what: str) -> None:
        """Once, not at every look."""
        if what != self._said:
            self._said = what
            LOG.log(level, "%s", what)
