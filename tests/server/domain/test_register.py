"""The rules of the scheme about a card's days."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.domain.register import last_day, last_day_in

DAYS = st.dates(date(2000, 1, 1), date(2149, 1, 1))


def test_twelve_months_with_the_first_day_counted() -> None:
    assert last_day(date(2026, 11, 24)) == date(2027, 11, 23)
    assert last_day(date(2024, 2, 29)) == date(2025, 2, 28)
    assert last_day(date(2023, 3, 1)) == date(2024, 2, 29)


@given(issued_on=DAYS)
def test_the_day_after_the_last_one_is_the_anniversary_or_the_day_that_takes_its_place(
    issued_on: date,
) -> None:
    after = last_day(issued_on) + timedelta(days=1)
    assert (after.year, after.month) == (
        issued_on.year + 1,
        issued_on.month if after.day > 1 else after.month,
    )
    assert after.day == issued_on.day or (issued_on.month, issued_on.day, after.month, after.day) == (
        2,
        29,
        3,
        1,
    )
    assert 365 <= (last_day(issued_on) - issued_on).days + 1 <= 366


@given(issued_on=DAYS, trial_ends=DAYS)
def test_a_trial_shortens_and_never_lengthens(issued_on: date, trial_ends: date) -> None:
    assert last_day_in(issued_on, None) == last_day(issued_on)
    assert last_day_in(issued_on, trial_ends) == min(trial_ends, last_day(issued_on))
