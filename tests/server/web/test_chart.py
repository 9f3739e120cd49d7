"""The charts' markup is well formed, to scale, and says in words what it shows."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.figures import SummaryRow
from server.web.chart import hours_chart, venue_bar


def row(key: str, adults: int, children: int = 0, name: str = "") -> SummaryRow:
    return SummaryRow(
        key=key,
        name=name or key,
        visits=adults,
        uses=adults + children,
        adults=adults,
        children=children,
        assistants=0,
        unanswered=0,
        unchecked=0,
    )


def hour(at: int, adults: int, children: int = 0) -> SummaryRow:
    return row(f"2026-11-24T{at:02}", adults, children)


def drawn(markup: str) -> ET.Element:
    return ET.fromstring(markup)  # noqa: S314  # our own markup


def heights(chart: ET.Element, series: str) -> Iterator[float]:
    return (float(bar.attrib["height"]) for bar in chart.iter("rect") if bar.attrib["class"] == series)


def texts(chart: ET.Element, kind: str) -> list[str | None]:
    return [text.text for text in chart.iter("text") if text.attrib["class"] == kind]


def test_the_tallest_hour_fills_the_chart_and_the_others_are_to_scale() -> None:
    chart = drawn(hours_chart([hour(9, 10), hour(10, 20)], now_hour=10))
    assert list(heights(chart, "adults")) == [90, 180]


def test_children_stand_on_the_adults_and_the_sum_above_both() -> None:
    chart = drawn(hours_chart([hour(9, 6, 4)], now_hour=9))
    bars = {bar.attrib["class"]: bar.attrib for bar in chart.iter("rect")}
    assert float(bars["children"]["y"]) + 0.4 * 180 == float(bars["adults"]["y"])
    assert texts(chart, "value") == ["10"]


def test_a_single_visit_is_no_full_bar() -> None:
    assert list(heights(drawn(hours_chart([hour(9, 1)], now_hour=9)), "adults")) == [36]


def test_hours_outside_the_common_day_widen_it() -> None:
    chart = drawn(hours_chart([hour(6, 1), hour(21, 1)], now_hour=22))
    assert texts(chart, "hour") + texts(chart, "hour now") == [str(at) for at in range(6, 23)]


def test_the_hour_of_now_is_marked() -> None:
    assert texts(drawn(hours_chart([], now_hour=14)), "hour now") == ["14"]


def test_the_chart_says_its_sum_and_its_busiest_hour_in_words() -> None:
    chart = drawn(hours_chart([hour(9, 6, 4), hour(11, 20)], now_hour=12))
    assert chart.attrib["role"] == "img"
    assert chart.attrib["aria-label"].replace("\xa0", " ") == (
        "Pylväskuvio käyttökerroista tunneittain. Yhteensä 30 käyttökertaa. "
        "Eniten klo 11\N{EN DASH}12: 20 käyttökertaa."
    )


def test_a_venues_bar_is_as_long_as_its_share_of_the_largest() -> None:
    bar = drawn(venue_bar(row("v", 30, 10), largest=80))
    assert bar.attrib["width"] == "50%"
    assert [part.attrib["width"] for part in bar.iter("rect")] == ["75%", "25%"]


@pytest.mark.parametrize("largest", [0, 1])
def test_a_venue_without_uses_has_a_bar_that_can_be_drawn(largest: int) -> None:
    assert drawn(venue_bar(row("v", 0), largest=largest)).attrib["width"] == "0.5%"


@given(
    st.dictionaries(st.integers(0, 23), st.tuples(st.integers(0, 10**6), st.integers(0, 10**6))),
    st.integers(0, 23),
)
def test_no_bar_ever_leaves_the_chart(day: dict[int, tuple[int, int]], now_hour: int) -> None:
    chart = drawn(hours_chart([hour(at, *party) for at, party in day.items()], now_hour))
    for bar in chart.iter("rect"):
        x, width = (float(bar.attrib[name].rstrip("%")) for name in ("x", "width"))
        y, height = (float(bar.attrib[name]) for name in ("y", "height"))
        assert x >= 0
        assert x + width <= 100
        assert y >= 23.9
        assert y + height <= 204.1
