"""Who stands at the door without having seen a green light, and what the contract owes them.

Two records of one person are allowed only where the contract says so: where the person came back too late.
"""

from dataclasses import dataclass, field
from typing import Final

from tests.virtual.visitors import Visitor

UNSHOWN_S: Final = 550.0
"""After a light that nobody saw (WIRE: ten minutes), a card that comes back is another visit."""
BY_HAND_S: Final = 60.0
"""The staff's two minutes begin with the start, and the kiosk needs most of one to boot twice."""


@dataclass(eq=False)
class Waiter:
    visitor: Visitor
    red: bool = False
    """This was the last card, and the staff saw the red light."""
    scan_at: float | None = None
    """Perhaps a record, and no light that anybody saw."""
    hand_at: float | None = None
    """Likewise of the staff's button."""
    others_since: bool = False
    too_late: bool = False
    """A start after somebody else's record, which is the last now: only the last waits for its visitor."""

    def owed(self, now: float) -> bool:
        """Whether the kiosk must still know that one record of this person may be there."""
        scan_is_old = self.scan_at is not None and now - self.scan_at > UNSHOWN_S
        hand_is_old = self.hand_at is not None and now - self.hand_at > BY_HAND_S
        return not (self.too_late or scan_is_old or hand_is_old)


@dataclass
class Queue:
    """In front of the kiosk."""

    waiters: list[Waiter] = field(default_factory=list)

    def tries(self, who: Waiter) -> None:
        """``who`` holds up a card, or is let in by hand: the kiosk may write a record."""
        for other in self.waiters:
            if other is not who:
                other.red = False
                other.others_since = other.scan_at is not None or other.hand_at is not None

    def kiosk_starts(self) -> None:
        for waiter in self.waiters:
            waiter.red = False
            waiter.too_late |= waiter.others_since
