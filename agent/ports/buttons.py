"""Buttons: real keys, where the venue has them: how many came along, and the staff's own."""

from collections.abc import Callable
from typing import Literal, Protocol

Pressed = int | Literal["more", "enter", "louder"]
"""A number; the next row of numbers; more time to answer, or else to hear it again; and louder."""


class Buttons(Protocol):
    def on_press(self, pressed: Callable[[Pressed], object]) -> None:
        """Call ``pressed`` from any thread, at each press of a visitor's key from now on."""
        ...

    def on_let_in(self, pressed: Callable[[], object]) -> None:
        """Call ``pressed``, from any thread, whenever the staff let somebody in by hand from now on."""
        ...

    def close(self) -> None: ...
