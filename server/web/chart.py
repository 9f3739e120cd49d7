"""Charts as own SVG: figures in, markup out.

Across, places are percentages, so that a chart fills its card and its text keeps the reader's size; down,
they are pixels. Colours and patterns come from the stylesheet and from the page's one set of patterns.
"""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from server.domain.figures import SummaryRow
from server.web.formats import count_of, number
from server.web.language import gettext as _

FIRST_HOUR: Final = 8
LAST_HOUR: Final = 18
"""Drawn even where nobody came, so that a quiet morning looks like one."""

_HEIGHT: Final = 232
_TOP: Final = 24  # room for the number above the tallest bar
_BASE: Final = 204
_LEAST_FULL: Final = 5  # one visit alone is no full bar
_BAR: Final = 0.64  # of its hour's width
_GAP: Final = 1.5
_FEW_HOURS: Final = 12
_SOME_HOURS: Final = 16


def hours_chart(rows: Sequence[SummaryRow], now_hour: int) -> Markup:
    """Uses by the hour of one day: adults solid, children striped on top, the sum above."""
    by_hour = {int(row.key[-2:]): row for row in rows}
    hours = range(min(FIRST_HOUR, *by_hour, now_hour), max(LAST_HOUR, *by_hour, now_hour) + 1)
    scale = (_BASE - _TOP) / max(_LEAST_FULL, *(row.uses for row in rows), 0)
    columns = []
    for index, hour in enumerate(hours):
        middle = 100 * (index + 0.5) / len(hours)
        columns.append(_hour_label(middle, hour, is_now=hour == now_hour))
        if row := by_hour.get(hour):
            columns.append(_column(middle, 100 * _BAR / len(hours), row, scale))
    return Markup(
        '<svg class="chart {size}" width="100%" height="{height}" role="img" aria-label="{says}">{columns}'
        '<line class="axis" x1="0" x2="100%" y1="{base}" y2="{base}"/></svg>'
    ).format(
        size=_size(len(hours)),
        height=_HEIGHT,
        says=describe_hours(rows),
        columns=Markup().join(columns),
        base=_BASE + 0.5,
    )


def describe_hours(rows: Sequence[SummaryRow]) -> str:
    """The chart in words, for those who do not see it."""
    if not rows:
        return _("Pylväskuvio käyttökerroista tunneittain. Käyttökertoja ei ole vielä.")
    busiest = max(rows, key=lambda row: row.uses)
    hour = int(busiest.key[-2:])
    return _(
        "Pylväskuvio käyttökerroista tunneittain. Yhteensä {all}. Eniten klo\N{NO-BREAK SPACE}{hour}"
        "\N{EN DASH}{next}: {most}."
    ).format(
        all=count_of(sum(row.uses for row in rows), "käyttökerta", "käyttökertaa"),
        hour=hour,
        next=hour + 1,
        most=count_of(busiest.uses, "käyttökerta", "käyttökertaa"),
    )


def venue_bar(row: SummaryRow, largest: int) -> Markup:
    """One bar of a list of venues; its name and number stand beside it as text."""
    width = 100 * row.uses / max(largest, 1)
    adults = 100 * row.adults / max(row.uses, 1)
    parts = [Markup('<rect class="adults" width="{}%" height="18" rx="2"/>').format(_short(adults))]
    if row.children:
        parts.append(
            Markup('<rect class="children" x="{}%" y="0.75" width="{}%" height="16.5" rx="2"/>').format(
                _short(adults), _short(100 - adults)
            )
        )
    return Markup('<svg class="bar" width="{}%" height="18" aria-hidden="true">{}</svg>').format(
        _short(max(width, 0.5)), Markup().join(parts)
    )


def _hour_label(middle: float, hour: int, *, is_now: bool) -> Markup:
    return Markup('<text class="hour{}" x="{}%" y="{}">{}</text>').format(
        " now" if is_now else "", _short(middle), _BASE + 20, hour
    )


def _column(middle: float, width: float, row: SummaryRow, scale: float) -> Markup:
    adults, children = scale * row.adults, scale * row.children
    top = _BASE - adults - children
    bars = [
        Markup('<rect class="{}" x="{}%" width="{}%" y="{}" height="{}" rx="2"/>').format(
            series, _short(middle - width / 2), _short(width), _short(y), _short(height)
        )
        for series, y, height in (
            ("adults", _BASE - adults, adults),
            ("children", top, max(children - _GAP, 0)),
        )
        if height
    ]
    value = Markup('<text class="value" x="{}%" y="{}">{}</text>').format(
        _short(middle), _short(top - 7), number(row.uses)
    )
    return Markup().join([*bars, value] if row.uses else bars)


def _size(hours: int) -> str:
    """Narrow pages need a least width where there are many hours; the stylesheet has it."""
    if hours <= _FEW_HOURS:
        return "few"
    return "some" if hours <= _SOME_HOURS else "many"


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
