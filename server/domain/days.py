"""Days as people write them."""

import re
from datetime import date, datetime
from typing import Final

FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2150, 1, 1)
"""Days that the wire's card page can say, the second one excluded."""

_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
"""Not ``2026-W10-1``, which Python takes for a day, too."""
_MIDNIGHT: Final = re.compile(r"[ T]0?0[:.]00(?:[:.]00(?:\.0+)?)?")
"""What some spreadsheets write behind a day."""


def day_of(text: str) -> date | None:
    """``2026-11-24``, or ``24.11.2026`` as Finnish spreadsheets write it; ``None`` where it is no day."""
    text = _MIDNIGHT.sub("", text) if " " in text or "T" in text else text
    try:
        return date.fromisoformat(text) if _ISO.fullmatch(text) else _finnish_day(text)
    except ValueError:
        return None


def can_be_said(day: date) -> bool:
    return FIRST_DAY <= day < LAST_DAY


def _finnish_day(text: str) -> date:
    return datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007  (a day of the calendar has no zone)
