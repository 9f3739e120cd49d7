"""When the card list keeps still: who holds up a card comes before it, though not for ever."""

from dataclasses import dataclass, replace
from typing import Final

AFTER_S: Final = 0.5
"""A card counts as in view for so long: the reader misses it in some frames, and the next one may be near."""
HOLD_S: Final = 10.0
"""Nothing waits longer than this, whatever lies in view."""
GO_S: Final = 2.0
"""So long the list then goes on before it keeps still again."""

_LONG_AGO: Final = float("-inf")


@dataclass(frozen=True, slots=True)
class View:
    """A card before the camera; times are stopwatch seconds."""

    since: float = _LONG_AGO
    """When the first of the cards came that have followed one another until now."""
    seen_at: float = _LONG_AGO


def saw_card(view: View, at: float) -> View:
    return replace(view, seen_at=at) if at - view.seen_at <= AFTER_S else View(at, at)


def wait_s(view: View, now: float) -> float:
    """How long the list must keep still if no card is seen again until then; 0 where it may go on."""
    held_s = (now - view.since) % (HOLD_S + GO_S) if view.since != _LONG_AGO else HOLD_S
    return max(0.0, min(view.seen_at + AFTER_S - now, HOLD_S - held_s))
