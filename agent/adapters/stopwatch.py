"""Stopwatches: how long something took, a steady pace, and the one that all processes share."""

import time


def boottime_ms() -> int:
    """The stopwatch that all processes of this boot share."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


class Stopwatch:
    """Runs from the moment it is made."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def s(self) -> float:
        return time.monotonic() - self._since

    def ms(self) -> float:
        return self.s() * 1000


class Pace:
    """At most so many rounds in a second; the rest of the time is slept, which keeps a small board cool."""

    def __init__(self, rounds_per_second: float) -> None:
        self._round_s = 1 / rounds_per_second
        self._next = time.monotonic()

    def wait(self) -> None:
        self._next += self._round_s
        now = time.monotonic()
        # A round that came late is not made up for by hurrying: the next full round counts from now.
        self._next = max(self._next, now)
        time.sleep(self._next - now)
