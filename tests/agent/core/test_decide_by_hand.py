"""The staff let in whom the card did not, and take back: nobody is counted twice."""

from dataclasses import replace

from agent.core.actions import Action, Correct, Light, MarkShown, Ref, Settle, Show, Signal, WriteByHand
from agent.core.events import CardShown, LetInByHand, TakenBack
from agent.core.state import Carried, LastCard, Refused, State, UnshownHand
from agent.wire.records import Party
from tests.agent.core.visitors import QUIET, Door, card, drafts, marks, signals, views
from tests.agent.examples import ANNA, BENGT, EPOCH, LIST_KEY, OTHER_EPOCH, moment, row_of

PARTY = Party(children=2)
FIRST, SECOND, THIRD = (Ref(EPOCH, number) for number in (1, 2, 3))
BEFORE = Ref(OTHER_EPOCH, 7)


def let_in(at: float) -> LetInByHand:
    return LetInByHand(PARTY, "worn card", moment(at))


def blocked(at: float) -> CardShown:
    return card(ANNA, at, row=row_of(ANNA, status="blocked"))


def left_by_a_power_cut(*, lets_in: bool) -> Door:
    """Of Anna's card there is a record, and no light is known."""
    key = LIST_KEY.card_key(ANNA)
    carried = Carried(BEFORE, key, lets_in=lets_in, shown=False, until=700.0)
    refused = Refused(BEFORE, LastCard(key, lets_in=lets_in), 220.0)
    return Door(State(started=True, open=BEFORE, carried=carried, refused=refused))


def adopted(actions: tuple[Action, ...]) -> list[Ref | None]:
    return [action.draft.adopts for action in actions if isinstance(action, WriteByHand)]


def test_a_letting_in_is_written_down_before_its_light() -> None:
    door = Door()
    (write,) = door.on(let_in(100))
    assert isinstance(write, WriteByHand)
    assert (write.draft.party, write.draft.reason, write.draft.adopts) == (PARTY, "worn card", None)
    assert door.written(100.02) == (
        Light(Signal.ACCEPTED),
        MarkShown(FIRST, "green"),
        Show("accepted"),
    )
    assert views(door.ticks(100.1, 106)) == ["idle"]


def test_it_adopts_the_scan_that_was_refused_in_the_past_two_minutes() -> None:
    door = Door()
    door.visit(blocked(100))
    assert adopted(door.on(let_in(219))) == [FIRST]
    door.written(219)
    assert adopted(door.on(let_in(222))) == [None], "a scan is adopted once"


def test_what_was_refused_longer_ago_is_another_visitor_s() -> None:
    door = Door()
    door.visit(blocked(100))
    assert adopted(door.on(let_in(220))) == [None]


def test_a_refused_scan_can_be_adopted_after_the_next_visitor_came_in() -> None:
    door = Door()
    door.visit(blocked(100))
    door.visit(card(BENGT, 110))
    assert adopted(door.on(let_in(120))) == [FIRST]


def test_a_scan_that_let_in_is_never_adopted() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    assert adopted(door.on(let_in(101))) == [None]


def test_whom_a_slow_disk_sent_to_the_staff_is_let_in_by_hand_and_then_shows_the_card_again() -> None:
    door = Door()
    door.on(card(ANNA, 100))
    assert signals(door.ticks(100, 104)) == [Signal.ASK_STAFF]
    assert adopted(door.on(let_in(104))) == [], "what is being written comes first"
    actions = door.written(105)
    assert [mark.shown for mark in marks(actions)] == ["staff"]
    assert adopted(actions) == [FIRST]
    door.written(105.1)
    again = door.on(card(ANNA, 110, away_s=5))
    assert drafts(again) == []
    assert signals(again) == [Signal.ACCEPTED]


def test_a_scan_that_lost_its_light_to_a_power_cut_is_adopted_and_its_card_makes_no_record() -> None:
    door = left_by_a_power_cut(lets_in=True)
    assert adopted(door.on(let_in(110))) == [BEFORE]
    door.written(110)
    again = door.on(card(ANNA, 130))
    assert (drafts(again), marks(again), signals(again)) == ([], [], [Signal.ACCEPTED])
    settled = [action for action in door.ticks(130, 720) if isinstance(action, Settle)]
    assert settled == [], "its record is settled since the letting in"


def test_who_was_refused_before_a_power_cut_and_is_here_again_is_the_one_who_is_adopted() -> None:
    """Somebody else was refused meanwhile: the record of that card would be the wrong one."""
    door = left_by_a_power_cut(lets_in=False)
    door.visit(card(BENGT, 250, row=row_of(BENGT, status="blocked")))
    assert drafts(door.on(blocked(260))) == []
    assert adopted(door.on(let_in(270))) == [BEFORE]


def test_who_was_adopted_and_is_still_refused_is_not_adopted_twice() -> None:
    door = left_by_a_power_cut(lets_in=False)
    assert adopted(door.on(let_in(110))) == [BEFORE]
    door.written(110)
    assert drafts(door.on(blocked(130))) == []
    assert adopted(door.on(let_in(140))) == [None]


def test_who_was_adopted_after_a_power_cut_and_taken_back_is_counted_anew() -> None:
    door = left_by_a_power_cut(lets_in=True)
    door.on(let_in(110))
    door.written(110)
    door.on(TakenBack("mistake", moment(115)))
    assert len(drafts(door.on(card(ANNA, 130)))) == 1


def test_whom_the_staff_let_in_and_took_back_is_not_in_already() -> None:
    door = Door()
    door.visit(blocked(100))
    door.on(let_in(105))
    door.written(105)
    door.on(TakenBack("mistake", moment(107)))
    again = door.on(card(ANNA, 110, row=row_of(ANNA, status="blocked"), away_s=9))
    assert len(drafts(again)) == 1


def test_a_card_and_the_staff_that_came_while_a_commit_went_on_are_both_served() -> None:
    door = Door()
    door.on(blocked(100))
    door.on(card(BENGT, 100.1))
    door.on(let_in(100.2))
    assert adopted(door.written(100.3)) == [FIRST]
    assert [draft.code for draft in drafts(door.written(100.4))] == [BENGT]


def test_a_letting_in_that_the_disk_did_not_take_shows_no_green_and_may_be_tried_again() -> None:
    door = Door()
    door.visit(blocked(100))
    door.on(let_in(101))
    assert signals(door.write_failed(101.1)) == [Signal.ASK_STAFF]
    assert adopted(door.on(let_in(102))) == [FIRST]


def test_after_a_card_that_the_disk_did_not_take_no_other_s_scan_is_adopted() -> None:
    door = Door()
    door.visit(blocked(100))
    door.on(card(BENGT, 101))
    door.write_failed(101.1)
    assert adopted(door.on(let_in(102))) == [None]


def unlit(key: int | None = None) -> Door:
    """The start before wrote that somebody was let in, and lost its power before the light."""
    return Door(replace(QUIET, unshown_hand=UnshownHand(BEFORE, key, 220.0)))


def test_a_letting_in_that_lost_its_light_to_a_power_cut_is_shown_when_the_staff_press_again() -> None:
    door = unlit()
    assert door.on(let_in(217)) == (Light(Signal.ACCEPTED), MarkShown(BEFORE, "green"), Show("accepted"))
    assert adopted(door.on(let_in(219.5))) == [None], "once"


def test_likewise_when_others_were_quicker_or_the_card_was_refused_once_more() -> None:
    door = unlit(LIST_KEY.card_key(ANNA))
    door.visit(card(BENGT, 100))
    door.visit(blocked(110))
    assert door.on(let_in(120))[0:2] == (Light(Signal.ACCEPTED), MarkShown(BEFORE, "green"))


def test_another_card_that_is_refused_since_is_somebody_else() -> None:
    door = unlit(LIST_KEY.card_key(BENGT))
    door.visit(blocked(110))
    assert adopted(door.on(let_in(120))) == [FIRST]
    door.written(120)
    assert drafts(door.on(card(BENGT, 130))) == [], "nobody saw the light of that one still"


def test_who_was_shown_at_last_and_holds_up_a_card_that_is_good_is_in_already() -> None:
    door = unlit(LIST_KEY.card_key(ANNA))
    door.on(let_in(110))
    again = door.on(card(ANNA, 115))
    assert (drafts(again), signals(again)) == ([], [Signal.ACCEPTED])
    assert drafts(door.on(card(ANNA, 150, away_s=34)))


def test_likewise_when_the_visitor_shows_a_card_that_is_good_after_all() -> None:
    door = unlit(LIST_KEY.card_key(ANNA))
    assert door.on(card(ANNA, 110)) == (Light(Signal.ACCEPTED), MarkShown(BEFORE, "green"), Show("accepted"))
    assert adopted(door.on(let_in(120))) == [None], "once"
    assert drafts(unlit(LIST_KEY.card_key(ANNA)).on(card(BENGT, 110)))
    assert drafts(unlit(LIST_KEY.card_key(ANNA)).on(card(ANNA, 220)))


def test_after_two_minutes_it_is_somebody_else() -> None:
    assert adopted(unlit().on(let_in(220))) == [None]


def test_a_button_that_is_pressed_twice_lets_one_in() -> None:
    door = Door()
    door.visit(blocked(100))
    door.on(let_in(110))
    assert door.on(let_in(110.5)) == (), "while it is written"
    assert signals(door.written(110.6)) == [Signal.ACCEPTED]
    assert door.on(let_in(112.5)) == (), "the same impatience"
    assert adopted(door.on(let_in(112.7))) == [None], "somebody else"


def test_another_card_that_is_refused_meanwhile_is_not_held_for_the_same_press() -> None:
    door = Door()
    door.on(let_in(110))
    door.written(110)
    door.visit(blocked(111))
    assert adopted(door.on(let_in(111.5))) == [SECOND]


def test_a_slow_letting_in_shows_no_red_that_would_have_the_staff_press_again() -> None:
    door = Door()
    door.visit(blocked(100))
    door.ticks(100, 110)
    door.on(let_in(110))
    assert signals(door.ticks(110, 115)) == []
    assert signals(door.written(115)) == [Signal.ACCEPTED]
    assert signals(door.ticks(115, 121)) == [Signal.READY]


# Taken back


def test_the_last_that_was_let_in_is_taken_back_within_two_minutes() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    assert door.on(TakenBack("mistake", moment(101))) == (
        Correct(FIRST, "void", "mistake", moment(101)),
        Light(Signal.READY),
        Show("idle"),
    )
    assert door.on(TakenBack("mistake", moment(102))) == (), "once"
    assert drafts(door.on(card(ANNA, 103, away_s=2))), "who shows the card again comes in anew"


def test_after_two_minutes_nothing_is_taken_back() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    assert door.on(TakenBack("mistake", moment(220))) == ()


def test_a_letting_in_by_hand_is_taken_back_likewise() -> None:
    door = Door()
    door.on(let_in(100))
    door.written(100)
    (correct, *_) = door.on(TakenBack("mistake", moment(110)))
    assert isinstance(correct, Correct)
    assert correct.of == FIRST


def test_another_visitor_s_red_light_stays_when_the_one_before_is_taken_back() -> None:
    door = Door()
    door.visit(card(BENGT, 100))
    door.visit(blocked(101))
    assert door.on(TakenBack("mistake", moment(102))) == (Correct(FIRST, "void", "mistake", moment(102)),)


def test_what_is_taken_back_while_another_commit_goes_on_waits_for_it() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    door.on(card(BENGT, 110))
    assert door.on(TakenBack("mistake", moment(110.1))) == ()
    actions = door.written(110.2)
    assert [action.of for action in actions if isinstance(action, Correct)] == [SECOND]


def test_a_quiet_kiosk_takes_nothing_back() -> None:
    assert Door(QUIET).on(TakenBack("mistake", moment(100))) == ()
