"""A real key names no question: it means the one that is open, unless it may still be meant for another."""

import pytest

from agent.core.actions import NoteAnswer
from agent.core.events import ButtonPressed
from tests.agent.core.test_decide_party import ASSISTANTS, FIRST, SECOND, says
from tests.agent.core.visitors import Door, card, views
from tests.agent.examples import ANNA, BENGT, moment


def test_a_button_means_the_question_that_is_open() -> None:
    door = Door(rules=ASSISTANTS)
    door.visit(card(ANNA, 100))
    assert door.on(ButtonPressed(3, moment(101)))[0] == NoteAnswer(FIRST, "children", 3)
    assert door.on(ButtonPressed(1, moment(102)))[0] == NoteAnswer(FIRST, "assistants", 1)
    assert door.on(ButtonPressed(9, moment(103))) == ()


@pytest.mark.parametrize("thanked", [False, True])
def test_a_button_right_after_another_visitor_s_question_is_meant_for_that_one(*, thanked: bool) -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    if thanked:
        says(door, 2, 101)
    door.visit(card(BENGT, 103))
    assert door.on(ButtonPressed(3, moment(103.4))) == ()
    assert door.on(ButtonPressed(3, moment(103.5)))[0] == NoteAnswer(SECOND, "children", 3)


def test_a_button_is_heard_at_once_where_nothing_was_asked_before() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    assert door.on(ButtonPressed(3, moment(100.1)))[0] == NoteAnswer(FIRST, "children", 3)


def test_a_button_without_a_question_means_nothing() -> None:
    assert Door().on(ButtonPressed(3, moment(101))) == ()
    assert Door().on(ButtonPressed("more_time", moment(101))) == ()


@pytest.mark.parametrize(("later", "answers"), [(1.9, False), (2.1, True)])
def test_likewise_where_that_question_has_just_timed_out(*, later: float, answers: bool) -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    assert views(door.ticks(100, 140.1)) == ["accepted", "idle"]
    door.visit(card(BENGT, 140 + later))
    noted = door.on(ButtonPressed(2, moment(140.1 + later)))
    assert (NoteAnswer(SECOND, "children", 2) in noted) == answers
