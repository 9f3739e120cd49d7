"""Numbers, times and spans as they are written in Finnish."""

from datetime import date, datetime, timedelta
from typing import Final

NO_BREAK: Final = "\N{NO-BREAK SPACE}"
# As in "tiistaina": on that day.
_ON_WEEKDAY: Final = (
    "maanantaina",
    "tiistaina",
    "keskiviikkona",
    "torstaina",
    "perjantaina",
    "lauantaina",
    "sunnuntaina",
)
_MINUTE_S: Final = 60
_HOUR_S: Final = 60 * _MINUTE_S
_DAY_S: Final = 24 * _HOUR_S


def number(value: int) -> str:
    """``15641`` → ``15 641``, with the space that does not break and the real minus sign."""
    return f"{value:,}".replace(",", NO_BREAK).replace("-", "\N{MINUS SIGN}")


def count_of(value: int, one: str, many: str) -> str:
    """``1 käynti``, ``151 käyntiä``: after any number but one the noun is in the partitive."""
    return f"{number(value)}{NO_BREAK}{one if value == 1 else many}"


def share(part: int, whole: int) -> str:
    """``12 %``, to the nearest; of few that are not none ``alle 1 %``."""
    if part and 100 * part < whole:
        return f"alle{NO_BREAK}1{NO_BREAK}%"
    return f"{round(100 * part / max(whole, 1))}{NO_BREAK}%"


def clock(moment: datetime) -> str:
    """``14.02``."""
    return f"{moment.hour}.{moment.minute:02}"


def day(moment: datetime) -> str:
    """``24.11.``, without the year."""
    return f"{moment.day}.{moment.month}."


def weekday(on: date) -> str:
    """``maanantai 23.11.``, the day itself."""
    return f"{_ON_WEEKDAY[on.weekday()].removesuffix('na')} {on.day}.{on.month}."


def on_day_at(moment: datetime) -> str:
    """``tiistaina 24.11. klo 14.02``."""
    return f"{_ON_WEEKDAY[moment.weekday()]} {day(moment)} {at_clock(moment)}"


def at_clock(moment: datetime) -> str:
    """``klo 14.02``."""
    return f"klo{NO_BREAK}{clock(moment)}"


def moment(at: datetime) -> str:
    """``24.11.2026 klo 14.02``, whatever the day is today."""
    return f"{day(at)}{at.year} {at_clock(at)}"


def when(moment: datetime, now: datetime) -> str:
    """The time alone today, with its day before that; always in the zone of ``now``."""
    local = moment.astimezone(now.tzinfo)
    if local.date() == now.date():
        return at_clock(local)
    year = "" if local.year == now.year else str(local.year)
    return f"{day(local)}{year} {at_clock(local)}"


def span(length: timedelta) -> str:
    """``42 min``, ``3 t``, ``2 pv``: the largest whole unit, because a glance needs no more."""
    seconds = length.total_seconds()
    if seconds < _MINUTE_S:  # also where two clocks disagree and the span is negative
        return f"alle 1{NO_BREAK}min"
    if seconds < _HOUR_S:
        return f"{int(seconds // _MINUTE_S)}{NO_BREAK}min"
    if seconds < _DAY_S:
        return f"{int(seconds // _HOUR_S)}{NO_BREAK}t"
    return f"{number(int(seconds // _DAY_S))}{NO_BREAK}pv"
