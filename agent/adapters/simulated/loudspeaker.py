"""A loudspeaker without sound: what would be heard is remembered, and lasts until a test ends it."""

from collections import deque
from pathlib import Path

from agent.sound import Sound


class SimulatedLoudspeaker:
    """``heard`` is what began to sound, and how loud; ``now`` is what sounds, ``waiting`` what is next."""

    def __init__(self) -> None:
        self.heard: deque[tuple[Sound | Path, float]] = deque(maxlen=1000)
        self.ended: list[int] = []
        """Which of those came to their own end."""
        self.now: Sound | Path | None = None
        self.waiting: tuple[Path, float] | None = None
        self._closed = False

    def sound(self, tone: Sound, decibels: float) -> None:
        self.waiting = None
        self._begin(tone, decibels)

    def speak(self, prompt: Path, decibels: float) -> None:
        if isinstance(self.now, Sound):
            self.waiting = prompt, decibels
        else:
            self._begin(prompt, decibels)

    def hush(self) -> None:
        self.now = self.waiting = None

    def close(self) -> None:
        self.hush()
        self._closed = True

    def end(self) -> None:
        """What sounds comes to its end."""
        if self.now is not None:
            self.ended.append(len(self.heard) - 1)
        self.now, waiting, self.waiting = None, self.waiting, None
        if waiting:
            self._begin(*waiting)

    def _begin(self, what: Sound | Path, decibels: float) -> None:
        if not self._closed:
            self.now = what
            self.heard.append((what, decibels))
