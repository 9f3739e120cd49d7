"""The neutral digit in the corner of the screen, by which the staff know a reason that no visitor is told."""

from collections.abc import Mapping
from typing import Final

from agent.core.judge import Judgement

TESTED: Final = 0
"""The test card was read and written down."""
KIOSK: Final = 8
"""It is not about the card: the kiosk could not judge or write down."""
OLD_LIST: Final = 9

_DIGITS: Final[Mapping[str, int]] = {
    "blocked": 1,
    "withdrawn": 2,
    "expired": 3,
    "not_yet_valid": 4,
    "unlisted": 5,
    "clock_unknown": 6,
    "repeat": 7,
    "list_stale": OLD_LIST,
}


def digit_of(judgement: Judgement) -> int:
    """Of one that does not let in: a good card that the kiosk was too slow for is the kiosk's matter."""
    return _DIGITS.get(judgement.reason, KIOSK)
