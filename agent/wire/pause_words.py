"""The staff's words during a break: everybody reads them, and whole."""

import re
from typing import Literal

from agent.wire.lettering import PAUSE, too_wide
from agent.wire.told_code import holds_code

UnfitWords = Literal["card_code", "too_wide"]


def why_not_pause(message: str, pattern: re.Pattern[str]) -> UnfitWords | None:
    """``card_code``: one of ``pattern`` is in it. ``too_wide``: the smallest screen would cut it."""
    if holds_code(message, pattern):
        return "card_code"
    return "too_wide" if too_wide(message, PAUSE) else None
