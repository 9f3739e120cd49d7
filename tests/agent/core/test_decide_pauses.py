"""Between visitors: a pause of the staff's, two cards at once, a slow disk; and spot checks."""

from dataclasses import replace
from typing import Final

import pytest

from agent.core.actions import Ask, Light, MarkShown, NoteAnswer, Ref, Show, Signal
from agent.core.answers import at_rest
from agent.core.events import (
    Answered,
    CardShown,
    CheckCardShown,
    EyesDown,
    LetInByHand,
    Paused,
    Resumed,
    SeveralShown,
    Tick,
)
from agent.core.judge import Policy
from agent.core.questions import MOST_CHILDREN
from agent.core.state import State
from agent.wire.records import Party
from tests.agent.core.visitors import RULES, Door, card, drafts, signals, views
from tests.agent.examples import ANNA, BENGT, EPOCH, LIST, moment, row_of

FIRST: Final = Ref(EPOCH, 1)
CHECKS: Final = replace(RULES, policy=Policy(spot_check_in=10))
PAUSED: Final = (Light(Signal.PAUSED), Show("paused", message="Avaamme klo 12"))


def paused() -> Door:
    door = Door()
    door.on(Paused("Avaamme klo 12", moment(90)))
    return door


def test_a_paused_kiosk_says_so_and_judges_no_card() -> None:
    door = Door()
    assert door.on(Paused("Avaamme klo 12", moment(90))) == PAUSED
    assert door.on(card(ANNA, 100)) == ()
    assert door.on(CheckCardShown("qr", LIST, moment(101))) == ()
    assert door.on(SeveralShown(moment(102))) == ()
    assert door.on(Resumed(moment(103))) == (Light(Signal.READY), Show("idle"))
    assert len(drafts(door.on(card(ANNA, 104)))) == 1


def test_the_staff_may_let_in_by_hand_in_a_pause() -> None:
    door = paused()
    door.on(LetInByHand(Party(), "button", moment(100)))
    assert signals(door.written(100.1)) == [Signal.ACCEPTED]
    assert door.ticks(100.1, 106) == list(PAUSED)


def test_a_pause_waits_for_whoever_is_being_served() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    assert door.on(Paused("Avaamme klo 12", moment(101))) == ()
    assert door.on(Answered(FIRST, "children", 1, moment(102)))[0] == NoteAnswer(FIRST, "children", 1)
    assert views(door.ticks(102, 107)) == ["paused"]


def test_a_pause_is_shown_before_any_trouble_and_another_one_takes_its_place() -> None:
    door = paused()
    door.on(EyesDown(moment(91)))
    assert at_rest(door.state) == PAUSED
    assert door.on(Paused("", moment(92))) == (Light(Signal.PAUSED), Show("paused"))
    assert views(door.on(Resumed(moment(93)))) == ["out_of_order"]
    assert door.on(Resumed(moment(94))) == ()


def test_two_cards_at_once_are_asked_to_be_one() -> None:
    door = Door()
    assert door.on(SeveralShown(moment(100))) == (Show("one_card"),)
    (draft,) = drafts(door.on(card(ANNA, 101)))
    assert draft.code == ANNA
    door = Door()
    door.on(SeveralShown(moment(100)))
    assert door.ticks(100, 106) == [Light(Signal.READY), Show("idle")]


def test_two_cards_at_once_take_nobody_s_screen_away() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    assert door.on(SeveralShown(moment(101))) == ()
    door = Door(State(started=True, troubles=frozenset({"storage"})))
    assert door.on(SeveralShown(moment(101))) == ()


def test_a_slow_disk_leaves_nobody_wondering_whether_the_card_was_seen() -> None:
    door = Door()
    door.on(card(ANNA, 100))
    assert door.on(Tick(moment(100.05))) == ()
    assert door.on(Tick(moment(100.2))) == (Show("seen"),)
    assert door.ticks(100.2, 101) == []
    assert views(door.written(101)) == ["accepted"]


# Spot checks


def chosen(shown: CardShown, dice: float = 0.099) -> CardShown:
    return replace(shown, dice=dice)


def test_a_spot_check_lets_in_counts_and_asks_to_go_by_the_staff() -> None:
    door = Door(rules=CHECKS)
    (draft,) = drafts(door.on(chosen(card(ANNA, 100))))
    assert (draft.judgement.verdict, draft.judgement.marks) == ("accepted", ("spot_check",))
    ask = Ask(FIRST, "children", MOST_CHILDREN)
    assert door.written(100) == (
        Light(Signal.SPOT_CHECK),
        MarkShown(FIRST, "green"),
        Show("accepted", ask, to_staff=True),
    )
    thanks = Show("thanks", replace(ask, given=2), to_staff=True)
    assert door.on(Answered(FIRST, "children", 2, moment(101)))[1] == thanks


def test_a_spot_check_stays_one_when_the_card_is_shown_again() -> None:
    door = Door(rules=CHECKS)
    door.visit(chosen(card(ANNA, 100)))
    for at in (103.0, 120.0):
        assert signals(door.on(chosen(card(ANNA, at, away_s=2.5), dice=0.9))) == [Signal.SPOT_CHECK]


def test_nobody_becomes_a_spot_check_by_showing_the_card_again() -> None:
    door = Door(rules=CHECKS)
    door.visit(chosen(card(ANNA, 100), dice=0.9))
    assert signals(door.on(chosen(card(ANNA, 103, away_s=2.5)))) == [Signal.ACCEPTED]


@pytest.mark.parametrize(
    ("rules", "shown"),
    [
        (CHECKS, chosen(card(ANNA, 100), dice=0.1)),
        (RULES, chosen(card(ANNA, 100), dice=0.0)),
        (CHECKS, chosen(card(BENGT, 100, row=row_of(BENGT, kind="community")))),
        (CHECKS, chosen(card(ANNA, 100, row=row_of(ANNA, status="blocked")))),
    ],
    ids=["not chosen", "no venue's wish", "a community", "not let in"],
)
def test_there_is_no_spot_check(rules: object, shown: CardShown) -> None:
    assert rules in (CHECKS, RULES)
    door = Door(rules=CHECKS if rules is CHECKS else RULES)
    assert Signal.SPOT_CHECK not in signals(door.visit(shown))


def test_who_was_sent_to_the_staff_by_a_slow_disk_is_no_spot_check() -> None:
    door = Door(rules=CHECKS)
    door.on(chosen(card(ANNA, 100)))
    door.ticks(100, 104)
    assert signals(door.written(104)) == []
