"""Numbers, times and spans as they are written in the language that is being spoken."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from agent.wire.screen import Language
from server.web.language import gettext as _
from server.web.language import language, ngettext

NO_BREAK: Final = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class _Habits:
    """As they are in Finland; days are short, for they stand in narrow tables."""

    locale: Locale
    day: str
    day_and_year: str


_HABITS: Final[Mapping[Language, _Habits]] = {
    "fi": _Habits(Locale("fi"), "d.M.", "d.M.y"),
    "sv": _Habits(Locale("sv", "FI"), "d.M", "d.M.y"),
    "en": _Habits(Locale("en", "GB"), "d MMM", "d MMM y"),
    "se": _Habits(Locale("se", "FI"), "d.M.", "d.M.y"),
}
_UNITS: Final = (
    (timedelta(days=1), "duration-day"),
    (timedelta(hours=1), "duration-hour"),
    (timedelta(minutes=1), "duration-minute"),
)


def number(value: int) -> str:
    """``15641`` → ``15 641``, with the space that does not break and the real minus sign."""
    return _decimal(value, language())


def count_of(value: int, one: str, many: str) -> str:
    """``1 käynti``, ``151 käyntiä``: the words that follow a number, in the form that it asks for."""
    return f"{number(value)}{NO_BREAK}{ngettext(one, many, value)}"


def share(part: int, whole: int) -> str:
    """``12 %``, to the nearest; of few that are not none ``alle 1 %``."""
    locale = _habits().locale
    if part and 100 * part < whole:
        return _unbroken(_("alle {least}").format(least=format_percent(0.01, locale=locale)))
    return format_percent(part / max(whole, 1), locale=locale)


def rate(found: float) -> str:
    """``50,5 %``."""
    locale = _habits().locale
    pattern = locale.percent_formats[None].pattern.replace("0", "0.0")
    return format_percent(found, pattern, locale)


def day(on: date) -> str:
    """``24.11.2026``."""
    return _unbroken(_date(on, _habits().day_and_year))


def weekday(on: date) -> str:
    """``maanantai 23.11.``, the day itself."""
    return f"{_date(on, 'cccc')} {_day(on)}"


def on_day_at(moment: datetime) -> str:
    """``tiistaina 24.11. klo 14.02``."""
    return _("{weekday} {day} {time}").format(
        weekday=_date(moment, "EEEE"), day=_day(moment), time=at_clock(moment)
    )


def at_clock(moment: datetime) -> str:
    """``klo 14.02``."""
    clock = format_time(moment, "short", locale=_habits().locale)
    return _unbroken(_("klo {time}").format(time=clock))


def at_hour(hour: int) -> str:
    """``klo 14``."""
    return _("klo {hour}").format(hour=hour)


def moment(at: datetime) -> str:
    """``24.11.2026 klo 14.02``, whatever the day is today."""
    return _("{day} {time}").format(day=day(at), time=at_clock(at))


def when(moment_: datetime, now: datetime) -> str:
    """The time alone today, with its day before that; always in the zone of ``now``."""
    local = moment_.astimezone(now.tzinfo)
    if local.date() == now.date():
        return at_clock(local)
    on = _day(local) if local.year == now.year else day(local)
    return _("{day} {time}").format(day=on, time=at_clock(local))


def span(length: timedelta) -> str:
    """``42 min``, ``3 t``, ``2 pv``: the largest whole unit, because a glance needs no more."""
    for unit, name in _UNITS:
        if length >= unit:
            return _unit(length // unit, name)
    least = _unit(1, "duration-minute")  # also where two clocks disagree and the span is negative
    return _("alle {least}").format(least=least)


@lru_cache(
    maxsize=4096
)  # a page has hundreds of numbers, most of them small, and is made anew with each visit
def _decimal(value: int, spoken: Language) -> str:
    return format_decimal(value, locale=_HABITS[spoken].locale).replace("-", "\N{MINUS SIGN}")


def _habits() -> _Habits:
    return _HABITS[language()]


def _date(on: date, pattern: str) -> str:
    return format_date(on, pattern, locale=_habits().locale)


def _day(on: date) -> str:
    """``24.11.``, without the year."""
    return _unbroken(_date(on, _habits().day))


def _unit(count: int, name: str) -> str:
    return _unbroken(format_unit(count, name, "short", locale=_habits().locale))


def _unbroken(text: str) -> str:
    return text.replace(" ", NO_BREAK)
