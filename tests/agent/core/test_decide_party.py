"""Who came along: what is asked, what a tap is worth, and how long there is time for it."""

from dataclasses import replace
from typing import Final

import pytest

from agent.core.actions import Ask, Light, NoteAnswer, Ref, Settle, Show, Signal
from agent.core.events import Answered, ButtonPressed, EyesDown, TakenBack, Touched, Wished
from agent.core.judge import Policy
from agent.core.questions import MOST_ASSISTANTS, MOST_CHILDREN
from agent.wire.screen import About
from tests.agent.core.visitors import RULES, Door, card, drafts, settled, signals, views
from tests.agent.examples import ANNA, BENGT, EPOCH, moment, row_of

FIRST: Final = Ref(EPOCH, 1)
SECOND: Final = Ref(EPOCH, 2)
NO_QUESTION: Final = replace(RULES, policy=Policy(ask_children=False))
ASSISTANTS: Final = replace(RULES, policy=Policy(ask_assistants=True))


def ask(given: int | None = None, *, most: int = MOST_CHILDREN, ref: Ref = FIRST) -> Ask:
    return Ask(ref, "children", most, given)


def asked_again(given: int | None = None) -> Ask:
    return Ask(FIRST, "assistants", MOST_ASSISTANTS, given)


def says(door: Door, count: int, at: float, about: About = "children") -> tuple[object, ...]:
    return door.on(Answered(FIRST, about, count, moment(at)))


# What is asked


@pytest.mark.parametrize(("bound", "most"), [(None, MOST_CHILDREN), (1, 1), (5, 5)])
def test_the_register_bounds_the_children_where_it_knows(bound: int | None, most: int) -> None:
    actions = Door().visit(card(ANNA, 100, row=row_of(ANNA, max_children=bound)))
    assert Show("accepted", ask(most=most)) in actions


def test_a_holder_without_children_is_not_asked_and_has_none() -> None:
    door = Door()
    (draft,) = drafts(door.on(card(ANNA, 100, row=row_of(ANNA, max_children=0))))
    assert draft.party.children == 0
    assert Show("accepted") in door.written(100)
    (draft,) = drafts(door.on(card(BENGT, 110)))
    assert draft.party.children is None, "nobody has answered yet"


def test_a_community_is_asked_for_its_clients_under_sixteen() -> None:
    actions = Door().visit(card(ANNA, 100, row=row_of(ANNA, kind="community")))
    assert Show("accepted", Ask(FIRST, "clients", MOST_CHILDREN)) in actions


def test_a_venue_may_leave_the_question_out() -> None:
    assert Show("accepted") in Door(rules=NO_QUESTION).visit(card(ANNA, 100))


def test_a_venue_that_counts_assistants_asks_for_them_too() -> None:
    only = Door(rules=replace(RULES, policy=Policy(ask_children=False, ask_assistants=True)))
    assert Show("accepted", asked_again()) in only.visit(card(ANNA, 100))
    door = Door(rules=ASSISTANTS)
    assert Show("accepted", ask()) in door.visit(card(ANNA, 100))
    assert says(door, 2, 101) == (
        NoteAnswer(FIRST, "children", 2),
        Show("accepted", asked_again(), can_go_back=True),
    )
    assert says(door, 1, 102, "assistants") == (
        NoteAnswer(FIRST, "assistants", 1),
        Show("thanks", asked_again(1), can_go_back=True),
    )
    assert settled(door.ticks(102, 106)) == [Settle(FIRST)]


def test_a_question_may_be_answered_and_the_next_one_not() -> None:
    door = Door(rules=ASSISTANTS)
    door.visit(card(ANNA, 100))
    says(door, 2, 101)
    assert settled(door.ticks(101, 140.9)) == []
    assert settled(door.ticks(140.9, 141.2)) == [Settle(FIRST)]


# What a tap is worth


def test_an_answer_is_noted_at_once_and_the_record_closes_with_the_thanks() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    assert says(door, 2, 102) == (NoteAnswer(FIRST, "children", 2), Show("thanks", ask(2)))
    assert settled(door.ticks(102, 105.9)) == []
    assert door.ticks(105.9, 107) == [Settle(FIRST), Light(Signal.READY), Show("idle")]


def test_a_tap_may_be_corrected_until_the_thanks_are_over() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    says(door, 2, 102)
    assert says(door, 3, 105.9) == (NoteAnswer(FIRST, "children", 3), Show("thanks", ask(3)))
    door.ticks(105.9, 110)
    assert says(door, 1, 110) == ()


def test_the_question_before_can_be_asked_again() -> None:
    door = Door(rules=ASSISTANTS)
    door.visit(card(ANNA, 100))
    assert door.on(Wished(FIRST, "children", "back", moment(100.5))) == ()
    says(door, 2, 101)
    back = door.on(Wished(FIRST, "assistants", "back", moment(102)))
    assert back == (Show("accepted", ask(2)),)
    says(door, 3, 103)
    assert says(door, 0, 104, "assistants")[1] == Show("thanks", asked_again(0), can_go_back=True)
    assert door.on(Wished(FIRST, "assistants", "back", moment(105))) == (Show("accepted", ask(3)),)


def test_a_late_tap_never_lands_on_the_next_visitor() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    door.visit(card(BENGT, 103))
    assert says(door, 2, 103.1) == ()
    assert door.on(Wished(FIRST, "children", "more_time", moment(103.1))) == ()
    answered = door.on(Answered(SECOND, "children", 1, moment(104)))
    assert answered[0] == NoteAnswer(SECOND, "children", 1)


def test_a_late_tap_never_lands_on_the_next_question() -> None:
    door = Door(rules=ASSISTANTS)
    door.visit(card(ANNA, 100))
    says(door, 2, 101)
    assert says(door, 1, 101.1) == ()


def test_a_tap_after_the_question_has_gone_is_dropped() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    door.ticks(100, 141)
    assert says(door, 2, 141) == ()


@pytest.mark.parametrize("children", [-1, 4, 99])
def test_more_children_than_the_register_allows_are_not_taken(children: int) -> None:
    door = Door()
    door.visit(card(ANNA, 100, row=row_of(ANNA, max_children=3)))
    assert says(door, children, 101) == ()


def test_who_is_taken_back_while_the_question_is_open_is_asked_no_more() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    assert views(door.on(TakenBack("staff", moment(101)))) == ["idle"]
    assert says(door, 1, 101.5) == ()


# How long there is time


def test_a_question_that_is_not_answered_stays_unanswered() -> None:
    """Null and never zero: no answer is noted, and the record closes as it is."""
    door = Door()
    door.visit(card(ANNA, 100))
    actions = door.ticks(100, 200)
    assert [action for action in actions if isinstance(action, NoteAnswer)] == []
    assert settled(actions) == [Settle(FIRST)]


def test_a_question_says_that_it_ends_before_it_does() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    assert door.ticks(100, 119.9) == [Light(Signal.READY)], "the green light goes out before"
    assert door.ticks(119.9, 120.1) == [Show("accepted", ask(), hurry_s=20.0)]
    assert door.ticks(120.1, 139.9) == []
    assert door.ticks(139.9, 140.2) == [Settle(FIRST), Light(Signal.READY), Show("idle")]


def test_more_time_can_be_had_ten_times_and_more() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    assert door.on(Wished(FIRST, "children", "more_time", moment(110))) == (), "there is time enough"
    at = 100.0
    for _ in range(15):
        assert Show("accepted", ask(), hurry_s=20.0) in door.ticks(at, at + 25)
        at += 25
        assert door.on(Wished(FIRST, "children", "more_time", moment(at))) == (Show("accepted", ask()),)
    assert door.on(ButtonPressed("more_time", moment(at + 1))) == ()
    door.ticks(at, at + 21)
    assert door.on(ButtonPressed("more_time", moment(at + 21))) == (Show("accepted", ask()),)
    assert says(door, 4, at + 22)[0] == NoteAnswer(FIRST, "children", 4)


def test_the_next_question_has_its_own_time() -> None:
    door = Door(rules=ASSISTANTS)
    door.visit(card(ANNA, 100))
    says(door, 2, 119)
    assert views(door.ticks(119, 138.9)) == []
    assert door.ticks(138.9, 139.2) == [Show("accepted", asked_again(), hurry_s=20.0, can_go_back=True)]


def test_a_visit_without_a_question_settles_when_the_light_goes_out() -> None:
    door = Door(rules=NO_QUESTION)
    door.visit(card(ANNA, 100))
    assert door.ticks(100, 106) == [Settle(FIRST), Light(Signal.READY), Show("idle")]


def test_the_next_card_ends_the_question_by_itself() -> None:
    # The journal does it in the record's own transaction: a Settle of ours would come too late.
    door = Door()
    door.visit(card(ANNA, 100))
    assert signals(door.visit(card(BENGT, 103))) == [Signal.ACCEPTED]
    assert settled(door.ticks(103, 200)) == [Settle(SECOND)]


def test_the_card_shown_again_keeps_its_question_with_all_its_time() -> None:
    door = Door(rules=ASSISTANTS)
    door.visit(card(ANNA, 100))
    says(door, 2, 101)
    door.ticks(101, 122)
    again = door.on(card(ANNA, 122, away_s=21.0))
    assert again == (Light(Signal.ACCEPTED), Show("accepted", asked_again(), can_go_back=True))
    assert views(door.ticks(122, 141.9)) == []


# Who is sent to the staff


SPOT_CHECK: Final = replace(RULES, policy=Policy(spot_check_in=1))


def test_a_spot_check_that_answers_nothing_is_told_where_to_go() -> None:
    door = Door(rules=SPOT_CHECK)
    door.visit(replace(card(ANNA, 100), dice=0.0))
    told = Show("thanks", ask(), to_staff=True)
    actions = door.ticks(100, 141)
    assert told in actions
    assert settled(actions) == []
    assert door.ticks(141, 154.9) == []
    assert door.ticks(154.9, 155.2) == [Settle(FIRST), Light(Signal.READY), Show("idle")]


def test_a_spot_check_is_told_where_to_go_for_long_enough_to_read_it() -> None:
    door = Door(rules=SPOT_CHECK)
    door.visit(replace(card(ANNA, 100), dice=0.0))
    says(door, 2, 101)
    assert views(door.ticks(101, 115.9)) == []
    assert views(door.ticks(115.9, 116.1)) == ["idle"]
    unasked = Door(rules=replace(RULES, policy=Policy(ask_children=False, spot_check_in=1)))
    unasked.visit(replace(card(ANNA, 100), dice=0.0))
    assert views(unasked.ticks(100, 114.9)) == []


def test_the_words_of_a_refusal_outlast_its_light_and_a_touch_keeps_them() -> None:
    door = Door()
    door.visit(card(ANNA, 100, row="unreadable"))
    assert door.ticks(100, 114.9) == [Settle(FIRST), Light(Signal.READY)], "as after any light"
    assert door.on(Touched(moment(114.9))) == ()
    assert door.ticks(114.9, 129.8) == []
    assert views(door.ticks(129.8, 130.1)) == ["idle"]
    assert signals(door.visit(card(ANNA, 131, row="unreadable", away_s=40.0))) == [Signal.ASK_STAFF]
    assert signals(door.visit(card(BENGT, 133))) == [Signal.ACCEPTED], "the next card ends it at once"


def test_a_refusal_shown_again_begins_anew() -> None:
    door = Door()
    door.visit(card(ANNA, 100, row="unreadable"))
    door.ticks(100, 110)
    door.on(card(ANNA, 110, row="unreadable", away_s=2.0))
    assert views(door.ticks(110, 124.9)) == []
    assert views(door.ticks(124.9, 125.1)) == ["idle"]


def test_who_is_taken_back_ends_no_refusal_of_another() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    door.visit(card(BENGT, 103, row="unreadable"))
    door.ticks(103, 110)
    assert views(door.on(TakenBack("staff", moment(110), FIRST))) == []


def test_a_touch_keeps_the_thanks_but_no_question() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    door.on(Touched(moment(119)))
    assert Show("accepted", ask(), hurry_s=20.0) in door.ticks(119, 120.1)
    says(door, 2, 121)
    door.on(Touched(moment(124)))
    assert views(door.ticks(124, 127.9)) == []
    assert views(door.ticks(127.9, 128.1)) == ["idle"]


def test_a_light_that_ends_is_out_of_order_where_the_kiosk_is() -> None:
    door = Door()
    door.visit(card(ANNA, 100, row="unreadable"))
    door.on(EyesDown(moment(101)))
    assert signals(door.ticks(101, 106)) == [Signal.OUT_OF_ORDER]
