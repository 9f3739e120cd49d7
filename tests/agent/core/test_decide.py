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
    NoteAnswer,
    Ref,
    Show,
    Signal,
    Write,
)
from agent.core.answers import at_rest
from agent.core.events import Answered, EyesDown, EyesUp, StorageFailed, StorageWorks, Tick
from agent.core.judge import Policy
from agent.core.questions import MOST_CHILDREN
from agent.core.state import State, Waiting
from tests.agent.core.visitors import RULES, Door, card, drafts, settled, signals, views
from tests.agent.examples import ANNA, BENGT, EPOCH, LIST, TODAY, moment, row_of

FIRST: Final = Ref(EPOCH, 1)
SECOND: Final = Ref(EPOCH, 2)
ASK: Final = Ask(FIRST, "children", MOST_CHILDREN)
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
    door.on(Answered(FIRST, "children", 1, moment(102)))
    door.ticks(102, 107)
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
    assert door.on(Answered(FIRST, "children", 1, moment(102)))[0] == NoteAnswer(FIRST, "children", 1)
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
