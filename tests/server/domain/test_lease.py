"""The rules of the lease: whose turn it is, until when, and under which name."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.lease import (
    LENGTH_S,
    NOBODY,
    RENEW_S,
    Lease,
    is_elsewhere,
    is_still,
    may_take,
    name_of,
    renewed,
    taken,
)
from tests.server.kiosk import NOW

FREE = Lease(NOBODY, 6, NOW)
MINE = taken(FREE, "mine", NOW)


@pytest.mark.parametrize(
    ("process", "passed_s", "may"),
    [
        ("other", 0, False),
        ("other", LENGTH_S - 1, False),
        ("other", LENGTH_S, True),
        ("mine", 0, True),  # the answer to an earlier try was lost
        ("other", -1, True),  # the clock was put back: nobody knows how long ago it was taken
    ],
)
def test_a_lease_is_its_holder_s_until_it_has_run_out(process: str, passed_s: float, *, may: bool) -> None:
    assert may_take(MINE, process, NOW + timedelta(seconds=passed_s)) is may


def test_what_nobody_holds_may_be_taken_at_any_time() -> None:
    assert may_take(replace(MINE, holder=NOBODY), "other", NOW)


def test_each_taking_has_a_higher_term_and_a_renewal_has_not() -> None:
    assert (MINE.holder, MINE.term) == ("mine", 7)
    later = NOW + timedelta(seconds=RENEW_S)
    assert renewed(MINE, later) == replace(MINE, until=later + timedelta(seconds=LENGTH_S))
    assert taken(MINE, "mine", later).term == 8


def test_two_renewals_may_fail() -> None:
    assert 3 * RENEW_S <= LENGTH_S


def test_a_term_goes_on_over_renewals_and_ends_when_another_or_the_same_takes_it() -> None:
    assert is_still(renewed(MINE, NOW + timedelta(days=1)), MINE)
    assert not is_still(taken(MINE, "mine", NOW), MINE)
    assert not is_still(taken(FREE, "other", NOW), MINE)  # the same number, as in a database put back
    assert not is_still(replace(MINE, holder=NOBODY), MINE)


def test_records_are_taken_in_elsewhere_while_another_holds_the_lease() -> None:
    assert [is_elsewhere(MINE, who) for who in ("mine", "other")] == [False, True]
    assert not is_elsewhere(FREE, "other")


def test_the_log_names_the_start_of_a_process_and_its_term() -> None:
    assert name_of(replace(MINE, holder="0123456789abcdef")) == "01234567 (term 7)"
    assert name_of(FREE) == "nobody (term 6)"
