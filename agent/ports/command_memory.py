"""Command memory: a command that is sent again is done once, whatever happened to the kiosk between."""

from typing import Protocol


class CommandMemoryError(Exception):
    """It cannot be written down, so nothing is to be done."""


class CommandMemory(Protocol):
    def begin(self, command: str) -> bool:
        """Write down that ``command`` is being done; ``False``: it was before. Only then it may be done.

        MUST be on the disk when it returns. Raises :class:`CommandMemoryError`.
        """
        ...
