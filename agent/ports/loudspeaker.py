"""Loudspeaker: tones and speech, one sound at a time. What is heard is lost before a light waits for it."""

from pathlib import Path
from typing import Protocol

from agent.sound import Sound


class Loudspeaker(Protocol):
    """``decibels`` is 0 for as loud as it goes, and less for less.

    Every method MUST return at once and MUST NOT raise: a device that is missing, busy or hangs costs the
    sound, and is said in the log.
    """

    def sound(self, tone: Sound, decibels: float) -> None:
        """Play ``tone`` now. It ends whatever sounds or waits."""
        ...

    def speak(self, prompt: Path, decibels: float) -> None:
        """Play the WAV file ``prompt``: after a tone that still sounds, and in place of other speech."""
        ...

    def hush(self) -> None:
        """Be silent at once."""
        ...

    def close(self) -> None:
        """Silent for good. May be said again."""
        ...
