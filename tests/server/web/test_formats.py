"""Numbers, times and spans in each language."""

from datetime import UTC, datetime, timedelta

import pytest

from server.web import formats
from tests.server.web.fleet import NOW


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0"), (999, "999"), (15641, "15\xa0641"), (1234567, "1\xa0234\xa0567"), (-5, "\N{MINUS SIGN}5")],
)
def test_thousands_are_parted_by_a_space_that_does_not_break(value: int, written: str) -> None:
    assert formats.number(value) == written


def test_only_one_takes_the_noun_as_it_is() -> None:
    counted = [formats.count_of(value, "käynti", "käyntiä") for value in (0, 1, 2, 1001)]
    assert counted == ["0\xa0käyntiä", "1\xa0käynti", "2\xa0käyntiä", "1\xa0001\xa0käyntiä"]


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [(0, 0, "0\xa0%"), (0, 9, "0\xa0%"), (1, 8, "12\xa0%"), (1, 101, "alle\xa01\xa0%"), (7, 7, "100\xa0%")],
)
def test_a_share_is_in_hundreds_and_a_few_are_not_none(part: int, whole: int, written: str) -> None:
    assert formats.share(part, whole) == written


def test_a_moment_names_its_weekday_day_and_clock() -> None:
    assert formats.on_day_at(NOW) == "tiistaina 24.11. klo\xa014.02"


def test_every_weekday_has_its_own_name() -> None:
    named = [formats.on_day_at(NOW + timedelta(days=day)).split()[0] for day in range(7)]
    assert named[5:] == ["sunnuntaina", "maanantaina"]
    assert len(set(named)) == 7


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (NOW - timedelta(hours=2), "klo\xa012.02"),
        (NOW - timedelta(days=1), "23.11. klo\xa014.02"),
        (NOW - timedelta(days=365), "24.11.2025 klo\xa014.02"),
        (datetime(2026, 11, 23, 22, 30, tzinfo=UTC), "klo\xa00.30"),
    ],
)
def test_a_time_says_its_day_only_where_it_is_not_today_in_the_fleets_zone(
    moment: datetime, written: str
) -> None:
    assert formats.when(moment, NOW) == written


@pytest.mark.parametrize(
    ("length", "written"),
    [
        (timedelta(seconds=-5), "alle 1\xa0min"),
        (timedelta(seconds=59), "alle 1\xa0min"),
        (timedelta(minutes=42, seconds=59), "42\xa0min"),
        (timedelta(hours=23, minutes=59), "23\xa0t"),
        (timedelta(days=2, hours=5), "2\xa0pv"),
    ],
)
def test_a_span_is_its_largest_whole_unit(length: timedelta, written: str) -> None:
    assert formats.span(length) == written
