"""The staff's digit: each reason its own, the kiosk's own faults one, and none where nobody is refused."""

from typing import Final

import pytest

from agent.core.digits import digit_of
from agent.core.events import ListAged
from agent.core.judge import Judgement
from tests.agent.core.visitors import Door, card, digits
from tests.agent.examples import ANNA, row_of

REASONS: Final = {
    "blocked": 1,
    "withdrawn": 2,
    "expired": 3,
    "not_yet_valid": 4,
    "unlisted": 5,
    "clock_unknown": 6,
    "repeat": 7,
    "list_unreadable": 8,
    "forgetful": 8,
    "a reason of a later version": 8,
    "list_stale": 9,
}


@pytest.mark.parametrize(("reason", "digit"), REASONS.items(), ids=REASONS)
def test_a_reason_has_its_digit(reason: str, digit: int) -> None:
    assert digit_of(Judgement("ask_staff", reason)) == digit


def test_it_stands_beside_ask_staff_and_goes_with_it() -> None:
    door = Door()
    assert digits(door.visit(card(ANNA, 100, row=row_of(ANNA, status="blocked")))) == [1]
    assert digits(door.on(card(ANNA, 103, row=row_of(ANNA, status="blocked"), away_s=2.5))) == [1]
    assert digits(door.ticks(103, 120)) == [None]
    assert digits(door.visit(card(ANNA, 200))) == [None]


def test_an_old_list_is_a_digit_at_rest_and_no_light() -> None:
    door = Door()
    (light, _) = door.on(ListAged(old=True))
    assert digits(door.visit(card(ANNA, 100))) == [None]
    assert digits(door.ticks(100, 145)) == [None, 9]
    assert digits(door.on(ListAged(old=False))) == [None]
    assert light == door.on(ListAged(old=True))[0]
