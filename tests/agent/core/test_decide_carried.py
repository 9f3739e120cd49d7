"""What the start before left open is shown again and not counted twice."""

from dataclasses import replace
from typing import Final

from agent.core.actions import Ask, Correct, Light, MarkShown, NoteAnswer, Ref, Settle, Show, Signal
from agent.core.events import Answered, TakenBack
from agent.core.questions import MOST_CHILDREN
from agent.core.state import Carried
from tests.agent.core.visitors import QUIET, Door, card, drafts, settled, signals
from tests.agent.examples import ANNA, BENGT, EPOCH, LIST_KEY, OTHER_EPOCH, moment, row_of

BEFORE: Final = Ref(OTHER_EPOCH, 7)


def restarted(*, lets_in: bool = True, shown: bool = False) -> Door:
    carried = Carried(BEFORE, LIST_KEY.card_key(ANNA), lets_in, shown, until=700.0)
    return Door(replace(QUIET, open=BEFORE, carried=carried))


def test_the_same_card_after_a_restart_is_shown_green_without_a_new_record() -> None:
    door = restarted()
    actions = door.on(card(ANNA, 130))
    assert drafts(actions) == []
    assert actions[:2] == (Light(Signal.ACCEPTED), MarkShown(BEFORE, "green"))
    assert door.on(Answered(BEFORE, "children", 2, moment(131))) == (
        NoteAnswer(BEFORE, "children", 2),
        Show("thanks", Ask(BEFORE, "children", MOST_CHILDREN, 2)),
    )


def test_a_refused_card_after_a_restart_is_refused_without_a_new_record() -> None:
    actions = restarted(lets_in=False).on(card(ANNA, 130, row=row_of(ANNA, status="blocked")))
    assert actions == (Light(Signal.ASK_STAFF), MarkShown(BEFORE, "staff"), Show("ask_staff", digit=1))


def test_a_card_that_was_let_in_and_is_blocked_now_is_judged_anew() -> None:
    actions = restarted().on(card(ANNA, 130, row=row_of(ANNA, status="blocked")))
    assert [draft.judgement.reason for draft in drafts(actions)] == ["blocked"]


def test_whoever_was_quicker_settles_it_and_does_not_make_it_two_visits() -> None:
    door = restarted()
    door.visit(card(BENGT, 130))
    shown = door.on(card(ANNA, 140))
    assert settled(shown) == [Settle(Ref(EPOCH, 1))], "no tap of hers is for him"
    assert (drafts(shown), signals(shown)) == ([], [Signal.ACCEPTED])
    assert BEFORE not in [settle.ref for settle in settled(door.ticks(140, 800))]


def test_the_question_of_whoever_was_quicker_ends_by_itself() -> None:
    door = restarted()
    door.visit(card(BENGT, 130))
    assert settled(door.ticks(130, 200)) == [Settle(Ref(EPOCH, 1))]


def test_who_was_taken_back_and_shows_the_card_again_is_counted_anew() -> None:
    door = restarted()
    door.visit(card(BENGT, 130))
    door.on(card(ANNA, 140))
    assert Correct(BEFORE, "void", "mistake", moment(141)) in door.on(TakenBack("mistake", moment(141)))
    assert len(drafts(door.on(card(ANNA, 145, away_s=3)))) == 1


def test_a_light_that_was_seen_is_another_visit_after_somebody_else() -> None:
    door = restarted(shown=True)
    door.visit(card(BENGT, 130))
    assert len(drafts(door.on(card(ANNA, 140)))) == 1


def test_ten_minutes_later_it_stays_unshown() -> None:
    door = restarted()
    assert door.ticks(100, 699.9) == []
    assert door.ticks(699.9, 701) == [Settle(BEFORE)]
    assert len(drafts(door.on(card(ANNA, 702)))) == 1


def test_at_ten_minutes_sharp_the_card_is_a_new_visit_even_before_the_tick() -> None:
    assert len(drafts(restarted().on(card(ANNA, 700)))) == 1


def test_it_is_shown_once_and_then_a_visit_like_any_other() -> None:
    door = restarted()
    assert signals(door.on(card(ANNA, 130))) == [Signal.ACCEPTED]
    door.ticks(130, 200)
    assert len(drafts(door.on(card(ANNA, 200, away_s=60.0)))) == 1


def test_a_card_still_held_up_after_a_restart_is_shown_green_again_and_asked_again() -> None:
    door = restarted(shown=True)
    actions = door.on(card(ANNA, 130))
    assert drafts(actions) == []
    assert signals(actions) == [Signal.ACCEPTED]
    assert door.on(Answered(BEFORE, "children", 2, moment(131))) == (
        NoteAnswer(BEFORE, "children", 2),
        Show("thanks", Ask(BEFORE, "children", MOST_CHILDREN, 2)),
    )


def test_a_shared_card_that_was_shown_is_a_new_visit_after_a_restart() -> None:
    row = row_of(ANNA, kind="community")
    assert len(drafts(restarted(shown=True).on(card(ANNA, 130, row=row)))) == 1
    assert drafts(restarted(shown=False).on(card(ANNA, 130, row=row))) == []


def test_another_cards_failed_write_does_not_give_it_up() -> None:
    door = restarted()
    door.on(card(BENGT, 130))
    door.write_failed(130.1)
    assert BEFORE not in [settle.ref for settle in settled(door.ticks(130.1, 200))]
    actions = door.on(card(ANNA, 200))
    assert drafts(actions) == []
    assert actions[:2] == (Light(Signal.ACCEPTED), MarkShown(BEFORE, "green"))
