"""Who comes to a door, and who came in."""

from dataclasses import dataclass
from datetime import datetime


@dataclass
class Visitor:
    """``blocked``: the list refuses the card. ``by_hand``: the staff let in whom a red light stopped."""

    code: str
    blocked: bool = False
    by_hand: bool = True
    children: int | None = None
    again: bool = False
    """Shows the card once more when in already."""


@dataclass
class Came:
    visitor: Visitor
    at: datetime
    """When the light was seen."""
    by_hand: bool
