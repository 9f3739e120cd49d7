"""How long a door stays shut after wrong PINs: a slip costs nothing, guessing costs nights."""

from dataclasses import dataclass
from typing import Final

FREE: Final = 3
LONGEST_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Throttle:
    """``wrong`` tries since the last right one; shut ``until`` that second of the stopwatch."""

    wrong: int = 0
    until: float = 0.0

    def wait_s(self, at: float) -> float:
        return max(0.0, self.until - at)

    def after_wrong(self, at: float) -> "Throttle":
        wrong = self.wrong + 1
        if wrong <= FREE:
            return Throttle(wrong, at)
        doublings = min(wrong - FREE - 1, 10)  # beyond it is the longest anyway
        return Throttle(wrong, at + min(LONGEST_S, 2.0**doublings))
