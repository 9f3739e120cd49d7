"""The period of a summary: what is taken and what is refused."""

from datetime import date

import pytest

from server.web.period import Period, read_by, read_period
from server.web.problems import BadRequestError

TODAY = date(2026, 11, 24)


def read(first: str | None, last: str | None) -> Period:
    return read_period(first, last, lambda: TODAY)


def test_nothing_given_is_left_for_the_store_to_call_today() -> None:
    assert read(None, None) == Period(None, None)


def test_one_day_given_reaches_to_today() -> None:
    assert read("2026-11-01", None) == Period(date(2026, 11, 1), TODAY)
    assert read(None, "2026-11-30") == Period(TODAY, date(2026, 11, 30))


def test_ten_years_are_taken_and_a_day_more_is_not() -> None:
    assert read("2016-01-01", "2025-12-31") == Period(date(2016, 1, 1), date(2025, 12, 31))
    with pytest.raises(BadRequestError, match="over 10 years"):
        read("2016-01-01", "2026-01-01")


@pytest.mark.parametrize(
    "day",
    [
        "",
        "today",
        "2026-13-01",
        "2026-02-30",
        "20261124",
        "2026-W48-2",
        "1700000000",
        "2026-11-24T00:00",
        "202\N{ARABIC-INDIC DIGIT SIX}-11-24",
    ],
)
def test_what_is_no_day_is_refused_without_repeating_it(day: str) -> None:
    with pytest.raises(BadRequestError, match=r"^'to' must be a day of the calendar, such as 2026-11-24\.$"):
        read("2026-11-24", day)


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "9999-12-31"])
def test_days_that_no_clock_of_ours_has_seen_are_refused(day: str) -> None:
    with pytest.raises(BadRequestError, match="must be between"):
        read(day, day)


def test_an_end_before_its_start_is_refused() -> None:
    with pytest.raises(BadRequestError, match="'to' is before 'from'"):
        read("2026-11-25", None)


def test_only_the_three_keys_are_known() -> None:
    assert [read_by(key) for key in ("venue", "day", "hour")] == ["venue", "day", "hour"]
    with pytest.raises(BadRequestError, match="one of: venue, day, hour"):
        read_by("card")
