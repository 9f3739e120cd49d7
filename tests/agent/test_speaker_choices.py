"""A level and a language are for the visitor who chose them, and each begins as the venue wants it."""

from collections.abc import Callable

import pytest

from agent.core.actions import Signal
from agent.speaker import STEPS_DB, Speaker
from agent.wire.screen import Hear
from tests.agent.ear import STANDARD, Ear


def test_a_language_is_for_this_visitor_and_said_at_once(ear: Ear) -> None:
    ear.speaker.show("ask_staff")
    ear.speaker.speak_in("sv")
    assert ear.heard() == ["fi/ask_staff", "sv/ask_staff"]
    ear.speaker.signal(Signal.ACCEPTED)
    ear.speaker.show("accepted")
    assert ear.heard() == ["accepted", "sv/accepted"]


def chosen(ear: Ear) -> None:
    ear.speaker.speak_in("sv")
    ear.speaker.louder()


def test_once_the_visitor_has_gone_level_and_language_are_the_venue_s(ear: Ear) -> None:
    ear.speaker.show("thanks")
    chosen(ear)
    ear.speaker.show("idle")
    ear.heard()
    ear.speaker.signal(Signal.ACCEPTED)
    ear.speaker.show("accepted")
    assert ear.levels() == [STANDARD, STANDARD]
    ear.speaker.again()
    assert ear.heard() == ["fi/accepted"]


def test_who_chooses_before_the_card_keeps_it(ear: Ear) -> None:
    ear.speaker.show("idle")
    chosen(ear)
    ear.speaker.show("idle")  # the screen got a mark for the staff meanwhile
    ear.heard()
    ear.speaker.signal(Signal.ACCEPTED)
    ear.speaker.show("accepted")
    assert ear.heard() == ["accepted", "sv/accepted"]


def louder(ear: Ear, at: float) -> None:
    ear.speaker.hears(Hear(wanted="louder", language="sv"), at)


def test_the_next_in_a_queue_hears_what_the_venue_wants(ear: Ear) -> None:
    ear.speaker.begins(100.0)
    ear.speaker.show("children")
    louder(ear, 101.0)
    ear.heard()
    ear.speaker.begins(111.0)
    ear.speaker.signal(Signal.ASK_STAFF)
    ear.speaker.show("ask_staff")
    assert ear.out.heard[0][1] == STANDARD, "the tone too"
    assert ear.heard() == ["ask_staff", "fi/ask_staff"]


def test_who_chooses_right_before_the_card_in_a_queue_keeps_it(ear: Ear) -> None:
    ear.speaker.begins(100.0)
    ear.speaker.show("thanks")
    louder(ear, 101.0)
    ear.speaker.begins(110.9)
    ear.heard()
    ear.speaker.show("accepted")
    assert ear.levels() == [STEPS_DB[1]]


def test_who_chooses_at_rest_keeps_it_however_long_the_card_takes(ear: Ear) -> None:
    ear.speaker.begins(100.0)
    ear.speaker.show("thanks")
    ear.speaker.show("idle")
    louder(ear, 101.0)
    ear.speaker.begins(130.0)
    ear.heard()
    ear.speaker.show("accepted")
    assert ear.levels() == [STEPS_DB[1]]


def test_an_answer_is_no_choice(ear: Ear) -> None:
    ear.speaker.begins(100.0)
    ear.speaker.show("children")
    louder(ear, 101.0)
    ear.speaker.hears(Hear(wanted="hush", language="sv"), 112.0)
    ear.heard()
    ear.speaker.begins(113.0)
    ear.speaker.signal(Signal.ACCEPTED)
    assert ear.levels() == [STANDARD]


def test_who_is_asked_for_one_card_at_a_time_keeps_the_choice(ear: Ear) -> None:
    ear.speaker.show("idle")
    chosen(ear)
    ear.speaker.show("one_card")
    ear.speaker.show("idle")
    ear.heard()
    ear.speaker.show("accepted")
    assert ear.heard() == ["sv/accepted"]


def test_a_reset_from_outside_is_the_same(ear: Ear) -> None:
    chosen(ear)
    ear.speaker.reset()
    ear.heard()
    ear.speaker.say("thanks")
    assert ear.levels() == [STANDARD]


@pytest.mark.parametrize("ask", [Speaker.again, Speaker.louder], ids=["again", "louder"])
def test_a_venue_that_does_not_speak_by_itself_speaks_to_who_asks_until_they_have_gone(
    ask: Callable[[Speaker], None],
) -> None:
    ear = Ear(speech=False)
    ear.speaker.signal(Signal.ACCEPTED)
    ear.speaker.show("children")
    ear.speaker.speak_in("sv")
    assert ear.heard() == ["accepted"]
    ask(ear.speaker)
    ear.speaker.show("thanks")
    assert ear.heard() == ["sv/children", "sv/thanks"]
    ear.speaker.show("idle")
    ear.speaker.show("ask_staff")
    assert ear.heard() == []
