"""Reads the period and the key of a summary out of a query."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final, get_args

from server.domain.figures import By
from server.web.problems import BadRequestError

MAX_YEARS: Final = 10
EARLIEST: Final = date(2000, 1, 1)
LATEST: Final = date(2199, 12, 31)
"""Days beyond have no visits, and the first and last years of the calendar break time zone arithmetic."""

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # fromisoformat alone also takes 2026W481


@dataclass(frozen=True, slots=True)
class Period:
    first: date | None
    last: date | None


def read_period(first: str | None, last: str | None, today: Callable[[], date]) -> Period:
    """Both days or neither; ``today`` is asked only where one is given without the other."""
    if first is None and last is None:
        return Period(None, None)
    start = today() if first is None else _day("from", first)
    end = today() if last is None else _day("to", last)
    if end < start:
        raise BadRequestError("'to' is before 'from'. Both are included, and a missing one is today.")
    if (end.year - start.year, end.month, end.day) >= (MAX_YEARS, start.month, start.day):
        raise BadRequestError(f"The span is over {MAX_YEARS} years. Ask for it in parts.")
    return Period(start, end)


def read_by(value: str) -> By:
    for by in _KEYS:
        if value == by:
            return by
    raise BadRequestError(f"'by' must be one of: {', '.join(_KEYS)}.")


_KEYS: Final[tuple[By, ...]] = get_args(By)


def _day(name: str, value: str) -> date:
    try:
        day = date.fromisoformat(value) if _DAY.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None:
        raise BadRequestError(f"'{name}' must be a day of the calendar, such as 2026-11-24.")
    if not EARLIEST <= day <= LATEST:
        raise BadRequestError(f"'{name}' must be between {EARLIEST} and {LATEST}.")
    return day
