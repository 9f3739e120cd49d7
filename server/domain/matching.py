"""Visits whose card the kiosk did not know, and the register has by now."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """How many visits of how many cards."""

    visits: int = 0
    cards: int = 0
    refused: int = 0
    """Of the visits, those that the register would not have let in on their day: the card was expired,
    blocked, withdrawn or not yet valid. Told, and never judged anew: they came in.
    """


NO_VISITS: Final = Matched()
