"""The staff are offered what would be done, and told what was: never anything else."""

from dataclasses import replace

import msgspec
from hypothesis import given

from agent.core.actions import Correct, HandDraft, Ref, WriteByHand
from agent.core.decide import decide
from agent.core.events import CardShown, CheckCardShown, LetInByHand, Paused, Resumed, TakenBack
from agent.core.judge import Policy
from agent.core.recent import NOT_WRITTEN, REMEMBERED, TOO_SLOW
from agent.core.staff_view import SPOT_CHECK_S, LettingIn, StaffView, TakingBack, staff_view
from agent.core.staff_words import LetIn, Pause, Resume, TakeBack, Typed
from agent.core.state import State, UnshownHand, Writing
from agent.wire.records import Party
from tests.agent.core.happenings import Happening, stories
from tests.agent.core.visitors import RULES, Door, card
from tests.agent.core.world import WITH_EVERYTHING, World, play
from tests.agent.examples import ANNA, BENGT, CECILIA, EPOCH, LIST, OTHER_EPOCH, moment, row_of

FIRST, SECOND = Ref(EPOCH, 1), Ref(EPOCH, 2)
BEFORE = Ref(OTHER_EPOCH, 7)
OLD_LIST = msgspec.structs.replace(LIST, age_s=90_000)
SPOT_CHECKS = replace(RULES, policy=Policy(spot_check_in=1))


def view(door: Door, at: float) -> StaffView:
    return staff_view(door.state, at, 125.0, door.rules)


def told(door: Door) -> list[tuple[str, str]]:
    return [(one.what, one.reason) for one in door.state.recent]


def blocked(at: float) -> CardShown:
    return card(ANNA, at, row=row_of(ANNA, status="blocked"))


def by_hand(at: float, adopts: Ref | None = None) -> LetInByHand:
    return LetInByHand(Party(children=2), "worn_card", moment(at), adopts or "none")


@given(stories)
def test_what_is_offered_would_be_done_and_what_is_not_would_not(
    story: list[tuple[Happening, float]],
) -> None:
    world = play(story, unshown=False)
    while isinstance(world.state.phase, Writing):  # whatever the staff do waits for the disk
        world.disk(works=True)
    at = moment(world.now)
    seen = staff_view(world.state, world.now, 0, WITH_EVERYTHING)
    _, back = decide(world.state, TakenBack("mistake", at), WITH_EVERYTHING)
    assert [done.of for done in back if isinstance(done, Correct)] == (
        [seen.take_back.of] if seen.take_back else []
    )
    _, hand = decide(world.state, LetInByHand(Party(), "button", at), WITH_EVERYTHING)
    assert [done.draft.adopts for done in hand if isinstance(done, WriteByHand)] == (
        [seen.let_in.adopts] if seen.let_in else []
    )
    if seen.let_in:
        named = LetInByHand(Party(), "other", at, seen.let_in.adopts or "none")
        assert any(isinstance(done, WriteByHand) for done in decide(world.state, named, WITH_EVERYTHING)[1])
    assert bool(decide(world.state, card(BENGT, world.now), WITH_EVERYTHING)[1]) == seen.types
    after, _ = decide(world.state, Resumed(at), WITH_EVERYTHING)
    assert (after != world.state) == (seen.paused is not None)


@given(stories)
def test_what_the_staff_are_told_is_what_became_of_it(story: list[tuple[Happening, float]]) -> None:
    world: World = play(story, unshown=False)
    assert len(world.state.recent) <= REMEMBERED
    for one in world.state.recent:
        if one.what in ("let_in", "unchecked"):
            assert one.ref in world.showed_green
        elif one.what == "by_hand":
            assert one.ref in world.hands
        else:
            assert one.ref not in world.showed_green | world.hands
        assert one.adopted == (one.ref in world.adopted)
        assert one.void == (one.ref in world.void)


def test_outcomes_are_told_newest_first_with_reason_and_marks() -> None:
    door = Door()
    door.visit(card(ANNA, 100, row=row_of(ANNA)))
    door.visit(card(BENGT, 110, row=None))
    door.visit(card(CECILIA, 120, row=row_of(CECILIA, status="withdrawn")))
    door.visit(replace(card(ANNA, 130), list=OLD_LIST))
    assert told(door) == [
        ("let_in", "listed"),
        ("to_staff", "withdrawn"),
        ("unchecked", "unlisted"),
        ("let_in", "listed"),
    ]
    assert door.state.recent[0].marks == ("list_stale", "repeat")
    assert [one.at for one in door.state.recent] == [moment(130), moment(120), moment(110), moment(100)]


def test_what_the_disk_did_not_take_or_took_too_late_is_told_so() -> None:
    door = Door()
    door.on(card(ANNA, 100))
    door.write_failed(100.1)
    door.on(card(BENGT, 110))
    door.written(114)
    assert told(door) == [("to_staff", TOO_SLOW), ("to_staff", NOT_WRITTEN)]
    assert door.state.recent[1].ref is None
    assert view(door, 115).let_in == LettingIn(FIRST, 234.0), "a scan that was too slow can be adopted"


def test_the_test_card_is_told_apart() -> None:
    door = Door()
    door.on(CheckCardShown("qr", LIST, moment(100)))
    door.written(100)
    assert told(door) == [("tested", "")]


def test_who_was_refused_is_offered_for_two_minutes_and_once() -> None:
    door = Door()
    door.visit(blocked(100))
    assert view(door, 219).let_in == LettingIn(FIRST, 220.0)
    assert view(door, 220).let_in == LettingIn()
    door.on(by_hand(130, FIRST))
    assert isinstance(door.state.phase, Writing)
    assert view(door, 130).let_in is None, "one is on its way to the disk"
    door.written(130)
    assert view(door, 131).let_in is None, "a second press is the same one"
    assert view(door, 133).let_in == LettingIn()
    assert [(one.what, one.adopted) for one in door.state.recent] == [("by_hand", False), ("to_staff", True)]


def test_who_was_let_in_may_be_taken_back_for_two_minutes_and_once() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    assert view(door, 219).take_back == TakingBack(FIRST, 220.0)
    assert view(door, 220).take_back is None
    door.on(TakenBack("staff", moment(130), FIRST))
    assert view(door, 131).take_back is None
    assert [one.void for one in door.state.recent] == [True]


def test_staff_who_mean_somebody_else_than_the_last_do_nothing() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    door.visit(card(BENGT, 110))
    assert door.on(TakenBack("staff", moment(111), FIRST)) == ()
    door.visit(card(CECILIA, 120, row=row_of(CECILIA, status="blocked")))
    assert door.on(by_hand(121)) == (), "they saw nobody who was refused"
    assert door.on(by_hand(121, FIRST)) == ()
    (write,) = door.on(by_hand(121, Ref(EPOCH, 3)))
    assert isinstance(write, WriteByHand)


def test_who_came_between_is_not_taken_back_in_another_s_place() -> None:
    door = Door()
    door.visit(card(ANNA, 100))
    door.on(card(BENGT, 110))
    door.on(TakenBack("staff", moment(110.1), FIRST))
    assert [done for done in door.written(110.5) if isinstance(done, Correct)] == []
    assert view(door, 111).take_back == TakingBack(SECOND, 230.5)


def test_a_spot_check_is_asked_for_until_it_is_over() -> None:
    door = Door(rules=SPOT_CHECKS)
    door.visit(card(ANNA, 100))
    assert not view(door, 100).spot_check
    door.visit(replace(card(BENGT, 110), dice=0.0))
    assert view(door, 110).spot_check
    door.ticks(110, 166)
    assert view(door, 110 + SPOT_CHECK_S - 1).spot_check
    assert not view(door, 110 + SPOT_CHECK_S).spot_check
    door.on(TakenBack("staff", moment(150), SECOND))
    assert not view(door, 151).spot_check


def test_nobody_types_a_code_at_a_kiosk_that_is_paused() -> None:
    door = Door()
    assert view(door, 100).types
    door.on(Paused("Palaamme", moment(100)))
    seen = view(door, 100)
    assert (seen.types, seen.paused) == (False, "Palaamme")
    assert seen.allows(Resume())
    assert not seen.allows(Typed(ANNA))
    assert seen.allows(Pause(""))


def test_the_age_of_the_list_is_told_by_the_minute() -> None:
    assert view(Door(), 100).list_age_s == 120
    assert staff_view(State(), 0, None, RULES).list_age_s is None


def test_what_is_said_must_be_what_is_offered() -> None:
    seen = StaffView(let_in=LettingIn(FIRST, 220.0, most_assistants=0), take_back=TakingBack(SECOND, 220.0))
    assert seen.allows(LetIn(FIRST, Party(children=20), "other"))
    assert not seen.allows(LetIn(None, Party(), "other"))
    assert not seen.allows(LetIn(FIRST, Party(children=21), "other"))
    assert not seen.allows(LetIn(FIRST, Party(assistants=1), "other"))
    assert seen.allows(TakeBack(SECOND))
    assert not seen.allows(TakeBack(FIRST))
    assert not StaffView().allows(TakeBack(FIRST))
    assert not seen.allows(Resume())


def test_whom_the_start_before_let_in_without_a_light_is_told_when_it_is_lit() -> None:
    door = Door(State(started=True, unshown_hand=UnshownHand(BEFORE, None, 220.0)))
    door.on(LetInByHand(Party(), "button", moment(110)))
    assert [(one.ref, one.what) for one in door.state.recent] == [(BEFORE, "by_hand")]


def test_a_letting_in_by_hand_says_why() -> None:
    door = Door()
    (write,) = door.on(by_hand(100))
    assert isinstance(write, WriteByHand)
    assert isinstance(write.draft, HandDraft)
    door.written(100)
    assert told(door) == [("by_hand", "worn_card")]
