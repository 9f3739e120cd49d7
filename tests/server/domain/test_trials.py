"""Whose last day goes along when the end of an area's trial changes."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.register import last_day_in
from server.domain.trials import TrialSet, moved
from tests.server.domain.test_desk import CARD, TODAY

ISSUED = CARD.issued_on
YEAR = date(2026, 12, 31)
RENEWED = date(2026, 10, 1)


@pytest.mark.parametrize(
    ("last", "renewed", "before", "after", "becomes"),
    [
        (date(2026, 6, 30), None, date(2026, 6, 30), date(2026, 9, 30), date(2026, 9, 30)),
        (date(2026, 6, 30), None, date(2026, 6, 30), None, YEAR),
        (date(2026, 6, 30), None, date(2026, 6, 30), date(2027, 9, 30), YEAR),
        (YEAR, None, None, date(2026, 11, 30), date(2026, 11, 30)),
        (YEAR, None, None, date(2026, 11, 1), date(2026, 11, 1)),
        (YEAR, None, None, date(2027, 1, 1), "as it is"),
        (date(2026, 6, 30), None, date(2026, 6, 30), date(2026, 5, 31), "as it is"),
        (YEAR, None, None, date(2025, 12, 31), "begins after"),
        (date(2027, 1, 31), None, None, date(2026, 11, 30), "own day"),
        (date(2026, 6, 29), None, date(2026, 6, 30), None, "own day"),
        (date(2027, 9, 30), RENEWED, None, date(2027, 3, 31), date(2027, 3, 31)),
        (date(2027, 3, 31), RENEWED, date(2027, 3, 31), None, date(2027, 9, 30)),
        (YEAR, RENEWED, None, date(2026, 11, 30), date(2026, 11, 30)),
        (date(2027, 5, 1), RENEWED, None, date(2026, 11, 30), "own day"),
    ],
)
def test_a_day_by_the_rule_goes_along_and_one_of_its_own_stays(
    last: date, renewed: date | None, before: date | None, after: date | None, becomes: date | str
) -> None:
    card = replace(CARD, valid_until=last)
    outcome = moved(card, renewed, before, after, TODAY)
    assert outcome == (becomes if isinstance(becomes, str) else replace(card, valid_until=becomes))


DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@given(ends=DAYS, other=DAYS)
def test_a_trial_that_is_set_back_gives_every_card_its_day_again(ends: date, other: date) -> None:
    card = replace(CARD, valid_until=last_day_in(ISSUED, ends))
    there = moved(card, None, ends, other, ISSUED)
    if not isinstance(there, str):
        assert moved(there, None, other, ends, ISSUED) == card


def test_what_became_of_the_cards_is_counted() -> None:
    result = TrialSet("Rovaniemi", is_new=False)
    for outcome in (
        replace(CARD, valid_until=date(2027, 1, 1)),
        replace(CARD, valid_until=date(2026, 12, 1)),
    ):
        result.count(CARD, outcome)
    result.count(CARD, "own day")
    result.count(CARD, "begins after")
    result.count(CARD, "as it is")
    assert result == TrialSet("Rovaniemi", is_new=False, later=1, earlier=1, own_day=1, begin_after=1)
