"""A disk that is slow, fails and heals: error is never permission, and nothing is shown before its time."""

from typing import Final

import pytest

from agent.core.actions import Light, MarkShown, Ref, Settle, Show, Signal, TryStorage
from agent.core.events import StorageFailed, StorageWorks
from tests.agent.core.visitors import Door, card, drafts, marks, settled, signals, views
from tests.agent.examples import ANNA, BENGT, CECILIA, EPOCH, moment

FIRST: Final = Ref(EPOCH, 1)
SECOND: Final = Ref(EPOCH, 2)


def test_a_card_that_comes_while_another_is_written_waits_its_turn() -> None:
    door = Door()
    door.on(card(ANNA, 100))
    assert door.on(card(BENGT, 100.1)) == ()
    actions = door.written(100.2)
    assert [draft.code for draft in drafts(actions)] == [BENGT]
    assert marks(actions) == [MarkShown(FIRST, "green")]
    assert marks(door.written(100.3)) == [MarkShown(SECOND, "green")]


def test_the_newest_of_the_waiting_cards_is_the_one_that_is_served() -> None:
    door = Door()
    door.on(card(ANNA, 100))
    door.on(card(BENGT, 100.1))
    door.on(card(CECILIA, 100.2))
    assert [draft.code for draft in drafts(door.written(100.3))] == [CECILIA]


def test_a_write_that_takes_over_three_seconds_sends_its_visitor_to_the_staff() -> None:
    door = Door()
    door.on(card(ANNA, 100))
    assert door.ticks(100, 103) == [Show("seen")]
    assert door.ticks(103, 103.1) == [Light(Signal.ASK_STAFF), Show("ask_staff", digit=8)]


def test_a_write_that_succeeds_after_that_does_not_change_the_light_s_mind() -> None:
    door = Door()
    door.on(card(ANNA, 100))
    door.ticks(100, 104)
    assert door.written(104) == (MarkShown(FIRST, "staff"),)
    assert settled(door.ticks(104, 110)) == [Settle(FIRST)]


def test_a_slow_write_that_no_tick_noticed_ends_at_the_staff_as_well() -> None:
    door = Door()
    door.on(card(ANNA, 100))
    refusal = (Light(Signal.ASK_STAFF), MarkShown(FIRST, "staff"), Show("ask_staff", digit=8))
    assert door.written(103.5) == refusal


@pytest.mark.parametrize("again", [106, 125])
def test_a_visitor_whom_a_slow_write_sent_away_is_written_down_anew_when_the_card_comes_again(
    again: float,
) -> None:
    # The first record says "staff" and is not counted: a green light needs a record of its own.
    door = Door()
    door.on(card(ANNA, 100))
    door.ticks(100, 104)
    door.written(104)
    door.ticks(104, again)
    actions = door.visit(card(ANNA, again, away_s=2.5))
    assert signals(actions) == [Signal.ACCEPTED]
    assert [mark.shown for mark in marks(actions)] == ["green"]
    assert FIRST not in [mark.ref for mark in marks(actions)]


def test_a_failed_write_sends_to_the_staff_and_shows_nothing_green() -> None:
    door = Door()
    door.on(card(ANNA, 100))
    assert door.write_failed(100.1) == (Light(Signal.ASK_STAFF), Show("ask_staff", digit=8))
    assert marks(door.ticks(100.1, 120)) == []


def test_a_card_whose_write_failed_is_tried_again_the_next_time() -> None:
    door = Door()
    door.on(card(ANNA, 100))
    door.write_failed(100.1)
    assert len(drafts(door.on(card(ANNA, 103, away_s=2.5)))) == 1


def test_a_card_that_waited_behind_a_failed_write_is_tried() -> None:
    door = Door()
    door.on(card(ANNA, 100))
    door.on(card(BENGT, 100.1))
    assert [draft.code for draft in drafts(door.write_failed(100.2))] == [BENGT]


def test_the_record_before_a_failed_write_is_settled_in_time() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    door.on(card(BENGT, 103))
    door.write_failed(103.1)
    assert settled(door.ticks(103.1, 120)) == [Settle(FIRST)]


def test_a_broken_disk_is_out_of_order_and_is_tried_every_ten_seconds_until_it_heals() -> None:
    door = Door()
    door.on(card(ANNA, 100))
    door.write_failed(100)
    actions = door.ticks(100, 135)
    assert actions.count(TryStorage()) == 3
    assert (signals(actions), views(actions)) == ([Signal.OUT_OF_ORDER], ["out_of_order"])
    assert door.on(StorageWorks(moment(136))) == (Light(Signal.READY), Show("idle"))
    assert door.ticks(136, 200) == []


def test_a_written_record_proves_that_the_disk_works() -> None:
    door = Door()
    door.on(StorageFailed(moment(99)))
    door.visit(card(ANNA, 100))
    assert views(door.ticks(100, 145))[-1] == "idle"


def test_a_note_that_failed_is_trouble_but_takes_no_light_from_a_visitor() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    assert door.on(StorageFailed(moment(100.1))) == ()
    assert views(door.ticks(100.1, 145)) == ["accepted", "out_of_order"]


def test_a_commit_that_never_ends_puts_the_kiosk_out_of_order() -> None:
    door = Door()
    door.on(card(ANNA, 100))
    door.ticks(100, 129)
    assert door.state.troubles == frozenset()
    door.ticks(129, 131)
    assert door.state.troubles == frozenset({"storage"})
