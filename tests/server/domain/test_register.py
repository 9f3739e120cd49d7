"""The rules of the scheme about a card's days."""

from datetime import date, timedelta
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from agent.core.judge import Policy, judge
from agent.wire.records import CardKind
from server.domain.days import FIRST_DAY
from server.domain.register import Card, CardStatus, erased, last_day, last_day_in, list_row

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


@given(
    issued_on=DAYS,
    days=st.integers(0, 800),
    status=st.sampled_from(get_args(CardStatus)),
    kind=st.sampled_from(["personal", "community"]),
    erased_after=st.integers(-400, 1_200),
    shown_after=st.integers(0, 1_200),
)
def test_a_card_that_let_nobody_in_lets_nobody_in_once_it_is_erased(
    issued_on: date, days: int, status: CardStatus, kind: CardKind, erased_after: int, shown_after: int
) -> None:
    """By the kiosk's own judgement, on any later day, whatever the venue does with cards it does not know."""
    card = Card(
        kind=kind,
        distributor="Sosiaalitoimisto",
        area="Espoo",
        issued_on=issued_on,
        valid_until=issued_on + timedelta(days=days),
        max_children=3,
        status=status,
    )
    today = issued_on + timedelta(days=erased_after)
    later = today + timedelta(days=shown_after)
    row = list_row(erased(card, date(issued_on.year, 1, 1), today), 7)
    assert (row.kind, row.first_day, row.last_day, row.max_children) == ("personal", FIRST_DAY, FIRST_DAY, 0)
    shut = judge(list_row(card, 7), today, Policy()).reason in ("blocked", "withdrawn", "expired")
    assert judge(row, later, Policy()).lets_in is not shut
    assert judge(row, None, Policy()).lets_in is not shut
