"""Buttons: real keys, where the venue has them: the number of children, and the staff's own."""

from collections.abc import Callable
from typing import Protocol


class Buttons(Protocol):
    def on_press(self, pressed: Callable[[int], object]) -> None:
        """Call ``pressed`` with the number of children, from any thread, at each press from now on."""
        ...

    def on_let_in(self, pressed: Callable[[], object]) -> None:
        """Call ``pressed``, from any thread, whenever the staff let somebody in by hand from now on."""
        ...

    def close(self) -> None: ...
