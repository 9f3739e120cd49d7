"""A kiosk whose memory is not to be relied on: no card shows green, and no disk that works heals it."""

from dataclasses import replace
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from agent.core.actions import Light, MarkShown, Ref, Show, Signal
from agent.core.answers import at_rest
from agent.core.events import Answered, Event, EyesDown, EyesUp, Forgot, StorageFailed, StorageWorks
from agent.core.state import Carried
from tests.agent.core.visitors import QUIET, Door, card, drafts, marks, signals, views
from tests.agent.examples import ANNA, BENGT, CECILIA, EPOCH, LIST_KEY, OTHER_EPOCH, moment, row_of

FIRST: Final = Ref(EPOCH, 1)
FORGETFUL: Final = replace(QUIET, troubles=frozenset({"forgetful"}))


def test_at_rest_it_is_out_of_order() -> None:
    assert at_rest(FORGETFUL) == (Light(Signal.OUT_OF_ORDER), Show("out_of_order"))


def test_a_valid_card_is_written_down_as_sent_to_the_staff() -> None:
    door = Door(FORGETFUL)
    (draft,) = drafts(door.on(card(ANNA, 100)))
    assert (draft.judgement.verdict, draft.judgement.reason) == ("ask_staff", "forgetful")
    refusal = (Light(Signal.ASK_STAFF), MarkShown(FIRST, "staff"), Show("ask_staff", digit=8))
    assert door.written(100.1) == refusal
    assert views(door.ticks(100.1, 116)) == ["out_of_order"]


def test_a_card_that_is_refused_keeps_its_own_reason() -> None:
    door = Door(FORGETFUL)
    (draft,) = drafts(door.on(card(BENGT, 100, row=row_of(BENGT, status="blocked"))))
    assert draft.judgement.reason == "blocked"


def test_what_turns_out_at_work_puts_it_out_of_order_at_once() -> None:
    door = Door()
    assert door.on(Forgot()) == (Light(Signal.OUT_OF_ORDER), Show("out_of_order"))


def test_a_card_that_was_on_its_way_to_the_disk_is_not_shown_green() -> None:
    door = Door()
    door.on(card(ANNA, 100))
    assert door.on(Forgot()) == ()
    refusal = (Light(Signal.ASK_STAFF), MarkShown(FIRST, "staff"), Show("ask_staff", digit=8))
    assert door.written(100.2) == refusal


def test_a_card_that_was_green_before_is_not_green_again() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    door.on(Forgot())
    assert signals(door.visit(card(ANNA, 103, away_s=2.5))) == [Signal.ASK_STAFF]


def test_a_scan_that_the_start_before_left_open_is_not_shown_green() -> None:
    carried = Carried(Ref(OTHER_EPOCH, 3), LIST_KEY.card_key(ANNA), lets_in=True, shown=False, until=600)
    door = Door(replace(FORGETFUL, carried=carried, open=carried.ref))
    assert signals(door.visit(card(ANNA, 100))) == [Signal.ASK_STAFF]


def test_neither_a_disk_that_works_nor_a_camera_that_comes_back_heals_it() -> None:
    door = Door(FORGETFUL)
    door.on(StorageFailed(moment(100)))
    door.on(EyesDown(moment(100)))
    door.on(EyesUp(moment(101)))
    assert door.on(StorageWorks(moment(110))) == (Light(Signal.OUT_OF_ORDER), Show("out_of_order"))
    door.visit(card(ANNA, 120))
    assert door.state.troubles == frozenset({"forgetful"})


@given(
    st.lists(
        st.sampled_from(
            ["card", "again", "written", "failed", "works", "fails", "up", "down", "answer", "tick"]
        ),
        max_size=40,
    )
)
def test_whatever_happens_nothing_shows_green(steps: list[str]) -> None:
    door, at = Door(FORGETFUL), 100.0
    for step in steps:
        at += 0.7
        events: dict[str, Event] = {
            "card": card(CECILIA, at),
            "again": card(ANNA, at, away_s=2.5),
            "works": StorageWorks(moment(at)),
            "fails": StorageFailed(moment(at)),
            "up": EyesUp(moment(at)),
            "down": EyesDown(moment(at)),
            "answer": Answered(FIRST, "children", 1, moment(at)),
        }
        if step == "written":
            actions = door.written(at)
        elif step == "failed":
            actions = door.write_failed(at)
        elif step == "tick":
            actions = tuple(door.ticks(at, at + 6))
            at += 6
        else:
            actions = door.on(events[step])
        assert Signal.ACCEPTED not in signals(actions)
        assert "accepted" not in views(actions)
        assert "idle" not in views(actions)
        assert "green" not in [mark.shown for mark in marks(actions)]
