"""The test card: written down, its own light and never green, once a minute, and nobody is counted for it."""

from agent.core.actions import CheckDraft, HandDraft, Light, Ref, Settle, Show, Signal, Write, WriteByHand
from agent.core.events import CheckCardShown, Forgot, LetInByHand
from agent.wire.records import Party
from tests.agent.core.visitors import Door, card, digits, drafts, settled, signals, views
from tests.agent.examples import ANNA, EPOCH, LIST, TODAY, moment, row_of

FIRST = Ref(EPOCH, 1)
LIT = (Light(Signal.TEST), Show("idle", digit=0))


def check(at: float) -> CheckCardShown:
    return CheckCardShown("qr", LIST, moment(at))


def test_it_is_written_down_then_lit_and_settled() -> None:
    door = Door()
    assert door.on(check(100)) == (Write(CheckDraft("qr", TODAY, LIST, moment(100))),)
    assert door.written(100.1) == (Settle(FIRST), *LIT)
    at_rest = door.ticks(100.1, 110)
    assert (views(at_rest), digits(at_rest)) == (["idle"], [None])


def test_the_second_within_a_minute_has_its_light_and_no_record() -> None:
    door = Door()
    door.on(check(100))
    door.written(100)
    door.ticks(100, 110)
    assert door.on(check(159.9)) == LIT
    door.ticks(160, 170)
    assert [type(action) for action in door.on(check(170))] == [Write]


def test_nobody_who_is_being_served_is_disturbed() -> None:
    door = Door()
    door.on(card(ANNA, 100))
    assert door.on(check(100)) == ()
    door.written(100.1)
    assert door.on(check(101)) == ()
    assert settled(door.ticks(101, 145)) == [Settle(FIRST)], "the question was not cut short"


def test_a_card_that_comes_while_it_is_written_is_served_next() -> None:
    door = Door()
    door.on(check(100))
    assert door.on(card(ANNA, 100)) == ()
    assert len(drafts(door.written(100.1))) == 1


def test_the_staff_do_not_adopt_it() -> None:
    door = Door()
    door.visit(card(ANNA, 50, row=row_of(ANNA, status="blocked")))
    door.ticks(50, 60)
    door.on(check(100))
    door.written(100)
    by_hand = LetInByHand(Party(), "button", moment(110))
    draft = HandDraft(Ref(EPOCH, 1), card(ANNA, 50).key, Party(), "button", moment(110))
    assert door.on(by_hand) == (WriteByHand(draft),)


def test_a_disk_that_does_not_take_it_is_told_as_to_a_visitor() -> None:
    door = Door()
    door.on(check(100))
    assert signals(door.write_failed(100.1)) == [Signal.ASK_STAFF]


def test_a_kiosk_that_is_out_of_order_has_no_light_for_it() -> None:
    door = Door()
    door.on(Forgot())
    door.on(check(100))
    assert signals(door.written(100.1)) == [Signal.OUT_OF_ORDER]
