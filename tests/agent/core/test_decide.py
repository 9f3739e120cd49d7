"""Every decision about a card, each as the rule that it follows."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest

from agent.core.actions import (
    Ask,
    Draft,
    Light,
    MarkShown,
    Ref,
    Settle,
    Show,
    Signal,
    Write,
)
from agent.core.answers import MOST_CHILDREN, at_rest
from agent.core.events import Answered, ButtonPressed, EyesDown, EyesUp, StorageFailed, StorageWorks, Tick
from agent.core.judge import Policy
from agent.core.state import State, Waiting
from tests.agent.core.visitors import RULES, Door, card, drafts, settled, signals, views
from tests.agent.examples import ANNA, BENGT, EPOCH, LIST, TODAY, moment, row_of

FIRST: Final = Ref(EPOCH, 1)
SECOND: Final = Ref(EPOCH, 2)
ASK: Final = Ask(FIRST, MOST_CHILDREN)
NO_QUESTION: Final = replace(RULES, policy=Policy(ask_children=False))


def test_a_card_is_written_down_before_anything_is_shown() -> None:
    door = Door()
    (write,) = door.on(card(ANNA, 100))
    assert isinstance(write, Write)
    assert isinstance(write.draft, Draft)
    assert (write.draft.code, write.draft.today, write.draft.list) == (ANNA, TODAY, LIST)
    assert write.draft.judgement.verdict == "accepted"


def test_green_means_written_down() -> None:
    door = Door()
    door.on(card(ANNA, 100))
    assert door.written(100.02) == (
        Light(Signal.ACCEPTED),
        MarkShown(FIRST, "green"),
        Show("accepted", ASK),
    )


def test_a_visitor_whose_card_is_not_valid_is_sent_to_the_staff_and_that_is_written_down_too() -> None:
    door = Door()
    actions = door.visit(card(ANNA, 100, row=row_of(ANNA, status="blocked")))
    assert actions == (Light(Signal.ASK_STAFF), MarkShown(FIRST, "staff"), Show("ask_staff", digit=1))


def test_an_unlisted_card_is_let_in_and_counted_apart() -> None:
    door = Door()
    (draft,) = drafts(door.on(card(ANNA, 100, row=None)))
    assert draft.judgement.verdict == "unchecked"
    assert signals(door.written(100)) == [Signal.ACCEPTED]


def test_a_list_that_cannot_be_read_is_no_permission() -> None:
    assert signals(Door().visit(card(ANNA, 100, row="unreadable"))) == [Signal.ASK_STAFF]


def test_a_record_made_without_a_calendar_names_no_day() -> None:
    (draft,) = drafts(Door().on(card(ANNA, 100, synced=False)))
    assert draft.today is None
    assert draft.judgement.reason == "clock_unknown"


# One visit


def test_the_same_card_again_at_once_is_the_same_visit() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    assert door.on(card(ANNA, 103, away_s=2.5)) == (Light(Signal.ACCEPTED), Show("accepted", ASK))


def test_the_same_visit_may_be_shown_again_after_its_record_is_settled() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    door.on(Answered(FIRST, 1, moment(102)))
    assert door.on(card(ANNA, 110, away_s=8.0)) == (Light(Signal.ACCEPTED), Show("accepted"))
    assert settled(door.ticks(110, 200)) == []


@pytest.mark.parametrize(("away_s", "records"), [(29.9, 0), (30.0, 0), (30.1, 1)])
def test_thirty_seconds_of_the_stopwatch_part_two_visits(away_s: float, records: int) -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    door.ticks(100, 140)
    assert len(drafts(door.on(card(ANNA, 140, away_s=away_s)))) == records


def test_a_card_with_another_between_is_another_visit() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    door.visit(card(BENGT, 105))
    assert len(drafts(door.on(card(ANNA, 110)))) == 1


def test_a_community_card_is_never_the_same_visit() -> None:
    door = Door()
    shared = row_of(ANNA, kind="community")
    door.visit(card(ANNA, 100, row=shared))
    assert len(drafts(door.on(card(ANNA, 103, row=shared, away_s=2.5)))) == 1


def test_a_card_that_is_judged_differently_now_is_a_new_record() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    (draft,) = drafts(door.on(card(ANNA, 103, row=row_of(ANNA, status="blocked"), away_s=2.5)))
    assert draft.judgement.reason == "blocked"


def test_a_refused_card_shown_again_is_refused_again_without_a_new_record() -> None:
    door = Door()
    blocked = row_of(ANNA, status="blocked")
    door.visit(card(ANNA, 100, row=blocked))
    actions = door.on(card(ANNA, 103, row=blocked, away_s=2.5))
    assert actions == (Light(Signal.ASK_STAFF), Show("ask_staff", digit=1))


# The question


@pytest.mark.parametrize(("bound", "most"), [(None, MOST_CHILDREN), (1, 1), (5, 5)])
def test_the_register_bounds_the_children_where_it_knows(bound: int | None, most: int) -> None:
    actions = Door().visit(card(ANNA, 100, row=row_of(ANNA, max_children=bound)))
    assert Show("accepted", Ask(FIRST, most)) in actions


def test_a_holder_without_children_is_not_asked() -> None:
    actions = Door().visit(card(ANNA, 100, row=row_of(ANNA, max_children=0)))
    assert Show("accepted") in actions


def test_a_venue_may_leave_the_question_out() -> None:
    assert Show("accepted") in Door(rules=NO_QUESTION).visit(card(ANNA, 100))


def test_an_answer_settles_the_record_and_thanks() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    assert door.on(Answered(FIRST, 2, moment(102))) == (Settle(FIRST, 2), Show("thanks"))
    assert views(door.ticks(102, 105)) == ["idle"]


def test_a_second_answer_changes_nothing() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    door.on(Answered(FIRST, 2, moment(102)))
    assert door.on(Answered(FIRST, 3, moment(102.1))) == ()


def test_a_late_tap_never_lands_on_the_next_visitor() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    door.visit(card(BENGT, 103))
    assert door.on(Answered(FIRST, 2, moment(103.1))) == ()
    assert door.on(Answered(SECOND, 1, moment(104)))[0] == Settle(SECOND, 1)


def test_a_tap_after_the_question_has_gone_is_dropped() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    door.ticks(100, 121)
    assert door.on(Answered(FIRST, 2, moment(121))) == ()


@pytest.mark.parametrize("children", [-1, 4, 99])
def test_more_children_than_the_register_allows_are_not_taken(children: int) -> None:
    door = Door()
    door.visit(card(ANNA, 100, row=row_of(ANNA, max_children=3)))
    assert door.on(Answered(FIRST, children, moment(101))) == ()


def test_a_button_means_the_question_that_is_open() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    assert door.on(ButtonPressed(3, moment(101))) == (Settle(FIRST, 3), Show("thanks"))


def test_a_button_without_a_question_means_nothing() -> None:
    assert Door().on(ButtonPressed(3, moment(101))) == ()


def test_a_question_that_is_not_answered_is_null_and_never_zero() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    assert settled(door.ticks(100, 119.9)) == []
    assert settled(door.ticks(119.9, 121)) == [Settle(FIRST, None)]


def test_the_green_light_goes_out_before_the_question_does() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    assert door.ticks(100, 105) == [Light(Signal.READY)]
    assert door.ticks(105, 120) == [Settle(FIRST, None), Light(Signal.READY), Show("idle")]


def test_a_visit_without_a_question_settles_when_the_light_goes_out() -> None:
    door = Door(rules=NO_QUESTION)
    door.visit(card(ANNA, 100))
    assert door.ticks(100, 106) == [Settle(FIRST, None), Light(Signal.READY), Show("idle")]


def test_the_next_record_settles_the_one_before_by_itself() -> None:
    # The journal does it in the record's own transaction: a Settle of ours would come too late.
    door = Door()
    door.visit(card(ANNA, 100))
    door.visit(card(BENGT, 103))
    assert settled(door.ticks(103, 200)) == [Settle(SECOND, None)]


# The eyes


def test_a_kiosk_starts_up_until_its_camera_is_there() -> None:
    door = Door(State())
    assert at_rest(door.state) == (Light(Signal.READY), Show("starting"))
    assert door.on(EyesUp(moment(1))) == (Light(Signal.READY), Show("idle"))


def test_a_lost_camera_is_out_of_order_until_it_is_back() -> None:
    door = Door()
    assert door.on(EyesDown(moment(1))) == (Light(Signal.OUT_OF_ORDER), Show("out_of_order"))
    assert door.on(EyesUp(moment(9))) == (Light(Signal.READY), Show("idle"))


def test_a_camera_lost_in_the_middle_of_a_visit_lets_it_end() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    assert door.on(EyesDown(moment(101))) == ()
    assert door.on(Answered(FIRST, 1, moment(102)))[0] == Settle(FIRST, 1)
    assert views(door.ticks(102, 110)) == ["out_of_order"]


def test_one_trouble_healed_does_not_hide_the_other() -> None:
    door = Door()
    door.on(EyesDown(moment(1)))
    door.on(StorageFailed(moment(2)))
    assert views(door.on(EyesUp(moment(3)))) == ["out_of_order"]
    assert views(door.on(StorageWorks(moment(4)))) == ["idle"]


def test_ticks_in_front_of_nobody_do_nothing() -> None:
    door = Door()
    assert door.on(Tick(moment(10_000))) == ()
    assert door.state.phase == Waiting()


def test_without_a_calendar_a_card_is_judged_by_the_best_day_known_and_the_record_says_which() -> None:
    known = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    shown = card(ANNA, 100, synced=False)
    shown = replace(shown, at=replace(shown.at, known_utc=known))
    (draft,) = drafts(Door().on(shown))
    assert (draft.judgement.verdict, draft.today) == ("accepted", known.date())
