"""DataFolder: the folder of the kiosk's files, as far as it matters whether it remembers them."""

from typing import Protocol

from agent.core.memory import Mark, Place


class DataFolder(Protocol):
    def place(self) -> Place:
        """Where it lies. Never fails: what cannot be found out is an unknown mount."""
        ...

    def mark(self) -> Mark | None:
        """The mark that was left last; ``None`` where there is none that can be read."""
        ...

    def leave(self, mark: Mark) -> None:
        """Put ``mark`` in the place of the one before; a power cut leaves one of the two. May take seconds.

        Raises :class:`OSError` where the disk does not take it; the mark before stays.
        """
        ...
