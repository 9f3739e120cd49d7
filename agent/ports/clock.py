"""Clock: the only one who is asked what time it is."""

from typing import Protocol

from agent.core.moment import Moment


class Clock(Protocol):
    def now(self) -> Moment:
        """All clocks read together. The stopwatch MUST never run backwards within a boot."""
        ...
