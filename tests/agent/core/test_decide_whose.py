"""Whose the screen is: who comes next reads on in nobody else's language. Of who it is, nothing is told."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, Literal

from agent.core.actions import Action, Ref, Show
from agent.core.events import Answered, CheckCardShown, LetInByHand, SeveralShown
from agent.core.judge import Policy
from agent.core.state import Carried
from agent.wire.records import Party
from tests.agent.core.visitors import QUIET, RULES, Door, card
from tests.agent.examples import ANNA, BENGT, EPOCH, LIST, LIST_KEY, moment, row_of

UNASKED: Final = replace(RULES, policy=Policy(ask_children=False))


def whose(actions: Iterable[Action]) -> list[int | None]:
    return [action.visitor for action in actions if isinstance(action, Show)]


def test_every_screen_of_one_visit_is_the_same_one_s_and_rest_is_nobody_s() -> None:
    door = Door()
    assert whose(door.visit(card(ANNA, 100))) == [1]
    assert whose(door.on(Answered(Ref(EPOCH, 1), "children", 2, moment(101)))) == [1]
    assert whose(door.visit(card(BENGT, 102, row=None))) == [2]
    assert whose(door.on(card(BENGT, 104, row=None, away_s=1.0))) == [2], "the same visit"
    assert whose(door.ticks(104, 150)) == [2, None], "its last seconds, and rest"


def test_without_questions_too_and_where_the_disk_is_slow_or_fails() -> None:
    door = Door(rules=UNASKED)
    assert whose(door.visit(card(ANNA, 100))) == [1]
    door.on(card(BENGT, 101))
    assert whose(door.ticks(101, 105)) == [2, 2], "seen, and sent to the staff"
    door.written(105)
    door.on(card(ANNA, 110, away_s=60.0))
    assert whose(door.write_failed(110.1)) == [3]


def test_a_card_that_waited_for_another_s_commit_is_the_next_one_s() -> None:
    door = Door(rules=UNASKED)
    door.on(card(ANNA, 100))
    door.on(card(BENGT, 100.05))
    assert whose(door.written(100.1)) == [1]
    assert whose(door.written(100.2)) == [2]


def test_whoever_is_let_in_by_hand_after_a_refusal_is_who_was_refused() -> None:
    door = Door()
    door.visit(card(ANNA, 100, row=row_of(ANNA, status="blocked")))
    hands: tuple[tuple[Literal["last", "none"], int], ...] = (("last", 1), ("none", 2))
    for adopts, visitor in hands:
        door.on(LetInByHand(Party(), "worn_card", moment(100 + 10 * visitor), adopts=adopts))
        assert whose(door.written(100 + 10 * visitor)) == [visitor]


def test_a_card_of_before_a_restart_is_not_who_came_in_between() -> None:
    left = Carried(Ref(EPOCH, 9), LIST_KEY.card_key(ANNA), lets_in=True, shown=False, until=130.0)
    door = Door(replace(QUIET, carried=left))
    assert whose(door.visit(card(BENGT, 100))) == [1]
    assert whose(door.on(card(ANNA, 110))) == [2]


def test_a_test_and_two_cards_at_once_are_nobody_s() -> None:
    door = Door()
    door.on(CheckCardShown("qr", LIST, moment(100)))
    assert whose(door.written(100)) == [None]
    door.ticks(100, 110)
    assert whose(door.on(SeveralShown(moment(111)))) == [None]
