"""Buttons: real keys for the number of children, where the venue has them."""

from collections.abc import Callable
from typing import Protocol


class Buttons(Protocol):
    def on_press(self, pressed: Callable[[int], object]) -> None:
        """Call ``pressed`` with the number of children, from any thread, at each press from now on."""
        ...

    def close(self) -> None: ...
