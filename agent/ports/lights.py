"""Lights: what is seen and heard at three metres, through no browser."""

from typing import Protocol

from agent.core.actions import Signal
from agent.told import ToldError


class LightsMissingError(ToldError):
    """There are no pins to light anything with. The text says what to do."""


class Lights(Protocol):
    def show(self, signal: Signal) -> None:
        """Change light and tone at once and return at once. MUST NOT raise for a part that is not wired."""
        ...

    def close(self) -> None:
        """All dark and silent."""
        ...
