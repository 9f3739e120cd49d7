"""Ring: the light around the lens, so that a card is as bright in the evening as at noon."""

from typing import Protocol


class Ring(Protocol):
    def light(self, on: bool) -> None:
        """At once. May be said again. MUST NOT raise where no ring is wired."""
        ...

    def close(self) -> None:
        """Dark."""
        ...
