"""A card that comes again, and a list that is old: marked in the record, or a matter for the staff."""

from dataclasses import replace
from typing import Final

from agent.core.actions import Signal
from agent.core.events import CardShown, LetInByHand, TakenBack
from agent.core.judge import Policy
from agent.core.state import Rules
from agent.wire.records import ListState, Party
from tests.agent.core.visitors import QUIET, Door, card, drafts, signals
from tests.agent.examples import ANNA, BENGT, moment, row_of

STRICT: Final = Rules(policy=Policy(repeat="ask_staff", list_stale="ask_staff"))


def marks(door: Door, shown: CardShown) -> tuple[str, ...]:
    (draft,) = drafts(door.on(shown))
    door.written(shown.at.seconds + 0.02)
    return draft.judgement.marks


def on_a_list(shown: CardShown, age_s: int | None) -> CardShown:
    return replace(shown, list=ListState(revision=7, age_s=age_s))


def test_a_personal_card_that_comes_again_within_ten_minutes_is_marked() -> None:
    door = Door()
    assert marks(door, card(ANNA, 100)) == ()
    assert marks(door, card(BENGT, 200)) == ()
    assert marks(door, card(ANNA, 700)) == ("repeat",)
    assert marks(door, card(ANNA, 1301)) == (), "from when it last came"


def test_the_venue_may_want_to_look_at_who_comes_again() -> None:
    door = Door(rules=STRICT)
    door.visit(card(ANNA, 100))
    assert signals(door.visit(card(ANNA, 200))) == [Signal.ASK_STAFF]
    again = door.on(card(ANNA, 215, away_s=8))
    assert (drafts(again), signals(again)) == ([], [Signal.ASK_STAFF]), "the same visit to the same staff"
    door.on(LetInByHand(Party(), "button", moment(220)))
    assert signals(door.written(220.1)) == [Signal.ACCEPTED]
    assert door.state.entries[-1].at == 220.1


def test_the_same_visit_is_no_repeat() -> None:
    door = Door(rules=STRICT)
    door.visit(card(ANNA, 100))
    assert signals(door.on(card(ANNA, 110, away_s=5))) == [Signal.ACCEPTED]


def test_a_community_card_may_come_as_often_as_it_likes() -> None:
    door = Door(rules=STRICT)
    shared = row_of(ANNA, kind="community")
    for at in (100, 110, 120):
        assert marks(door, card(ANNA, at, row=shared, away_s=5)) == ()


def test_who_was_taken_back_or_refused_has_not_come_before() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    door.on(TakenBack("mistake", moment(110)))
    assert marks(door, card(ANNA, 120)) == ()
    door.visit(card(BENGT, 200, row=row_of(BENGT, status="blocked")))
    assert marks(door, card(BENGT, 300)) == ()


def test_what_is_remembered_has_an_end() -> None:
    door = Door()
    for at in range(100, 10_100, 100):
        door.visit(card(ANNA if at % 200 else BENGT, at))
    assert len(door.state.entries) <= 2


def test_a_list_that_is_old_marks_the_record_or_sends_to_the_staff() -> None:
    assert marks(Door(), on_a_list(card(ANNA, 100), 86_399)) == ()
    assert marks(Door(), on_a_list(card(ANNA, 100), 86_401)) == ("list_stale",)
    assert marks(Door(), on_a_list(card(ANNA, 100), None)) == ("list_stale",)
    door = Door(rules=STRICT)
    assert signals(door.visit(on_a_list(card(ANNA, 100), 86_401))) == [Signal.ASK_STAFF]
    assert QUIET.entries == ()
