"""What is heard of what is shown: tone first, words once, and what the visitor at the screen asks for."""

import array
from pathlib import Path
from typing import Final, Literal

import pytest

from agent.adapters.simulated.loudspeaker import SimulatedLoudspeaker
from agent.core.actions import Ask, Ref, Show, Signal
from agent.signs import TUNES
from agent.sound import Sound, sound_of
from agent.speaker import SPOKEN, STEPS_DB, Speaker, prompt_of
from agent.wire.screen import Hear, Language
from tests.agent.ear import STANDARD, Ear


def test_a_card_that_is_let_in_is_heard_as_a_tone_and_then_as_the_question(ear: Ear) -> None:
    ear.speaker.signal(Signal.ACCEPTED)
    ear.speaker.show("children")
    assert ear.heard() == ["accepted", "fi/children"]
    ear.speaker.show("thanks")
    assert ear.heard() == ["fi/thanks"]


@pytest.mark.parametrize("signal", list(Signal))
def test_each_signal_has_its_own_tone_or_none(ear: Ear, signal: Signal) -> None:
    ear.speaker.signal(signal)
    assert ear.heard() == ([signal.value] if TUNES[signal] else [])


def test_a_light_that_goes_out_ends_no_speech(ear: Ear) -> None:
    ear.speaker.signal(Signal.ACCEPTED)
    ear.speaker.show("children")
    ear.out.end()
    ear.speaker.signal(Signal.READY)
    assert ear.out.now == Path("fi/children")


def test_a_view_that_is_shown_again_is_not_said_again_unless_a_signal_comes_with_it(ear: Ear) -> None:
    ear.speaker.signal(Signal.ASK_STAFF)
    ear.speaker.show("ask_staff")
    assert ear.heard() == ["ask_staff", "fi/ask_staff"]
    ear.speaker.show("ask_staff")
    assert ear.heard() == []
    ear.speaker.signal(Signal.ASK_STAFF)
    ear.speaker.show("ask_staff")
    assert ear.heard() == ["ask_staff", "fi/ask_staff"]


def test_a_new_signal_ends_the_words_to_the_visitor_before(ear: Ear) -> None:
    ear.speaker.signal(Signal.ACCEPTED)
    ear.speaker.show("children")
    ear.speaker.signal(Signal.ASK_STAFF)
    ear.speaker.show("ask_staff")
    assert ear.heard() == ["accepted", "ask_staff", "fi/ask_staff"]


@pytest.mark.parametrize("state", ["starting", "idle", "out_of_order"])
def test_an_entrance_does_not_talk_to_itself(ear: Ear, state: str) -> None:
    ear.speaker.show("accepted")
    ear.heard()
    ear.speaker.show(state)
    assert ear.heard() == []
    assert state not in SPOKEN


def test_words_are_repeated_for_who_asks_and_end_when_the_visitor_does_something(ear: Ear) -> None:
    ear.speaker.show("idle")
    ear.speaker.again()
    ear.speaker.again()
    assert ear.out.now == Path("fi/idle")
    ear.speaker.hush()
    assert ear.out.now is None
    assert ear.heard() == ["fi/idle", "fi/idle"]


def test_the_level_rises_by_18_decibels_with_12_as_a_step_and_then_begins_anew(ear: Ear) -> None:
    ear.speaker.show("ask_staff")
    for _ in STEPS_DB:
        ear.speaker.louder()
    levels = ear.levels()
    assert [level - levels[0] for level in levels] == [0, 6, 12, 18, 0]
    assert max(levels) == 0, "nothing is louder than its samples, so nothing is clipped"


def test_tones_follow_the_level_too(ear: Ear) -> None:
    ear.speaker.louder()
    ear.speaker.signal(Signal.ACCEPTED)
    assert ear.levels() == [STEPS_DB[1]]


def test_a_language_without_prompts_is_tone_and_text_and_never_another_language(ear: Ear) -> None:
    ear.speaker.speak_in("se")
    ear.speaker.signal(Signal.ACCEPTED)
    ear.speaker.show("accepted")
    assert ear.heard() == ["accepted"]


def test_a_language_that_is_not_the_venue_s_changes_nothing(ear: Ear) -> None:
    ear.speaker.speak_in("en")
    ear.speaker.show("ask_staff")
    assert ear.heard() == ["fi/ask_staff"]


def test_last_words_are_said_to_their_end_when_the_screen_goes_back_to_idle(ear: Ear) -> None:
    ear.speaker.show("thanks")
    ear.speaker.show("idle")
    assert ear.out.now == Path("fi/thanks")


def test_a_kiosk_without_a_loudspeaker_keeps_silent() -> None:
    speaker = Speaker(prompts={("fi", "accepted"): Path("x")})
    for signal in Signal:
        speaker.signal(signal)
    for work in (speaker.again, speaker.louder, speaker.hush, speaker.reset, speaker.close):
        work()
    speaker.show("accepted")
    speaker.speak_in("fi")


ASK: Final = Ask(Ref("0" * 32, 1), "assistants", 3)


@pytest.mark.parametrize(
    ("show", "prompt"),
    [
        (Show("accepted"), "accepted"),
        (Show("accepted", ASK), "assistants"),
        (Show("accepted", ASK, hurry_s=20.0), "more_time"),
        (Show("accepted", ASK, to_staff=True), "assistants"),
        (Show("accepted", to_staff=True), "to_staff"),
        (Show("thanks", ASK), "thanks"),
        (Show("thanks", ASK, to_staff=True), "thanks_to_staff"),
        (Show("paused"), "paused"),
        (Show("paused", message="Avaamme klo 12."), ""),
    ],
)
def test_a_prompt_s_id_is_a_state_of_the_screen_or_its_question(show: Show, prompt: str) -> None:
    assert prompt_of(show) == prompt


def test_a_visitor_at_the_screen_is_heard(ear: Ear) -> None:
    def hear(wanted: Literal["again", "louder", "hush", "reset"], language: Language = "sv") -> None:
        ear.speaker.hears(Hear(wanted=wanted, language=language))

    ear.speaker.show("children")
    hear("hush")
    assert ear.out.now is not None, "in the new language"
    hear("hush")
    assert ear.out.now is None
    ear.heard()
    hear("again")
    assert ear.heard() == ["sv/children"]
    hear("louder")
    assert ear.levels() == [STEPS_DB[1]]
    hear("reset", "fi")
    ear.speaker.show("thanks")
    assert ear.levels() == [STANDARD]


def test_tones_are_the_venue_s_own() -> None:
    out = SimulatedLoudspeaker()
    speaker = Speaker(loudspeaker=out, tunes={**TUNES, "test": ((700.0, 0.1),), "ask_staff": ()})
    for signal in (Signal.TEST, Signal.ASK_STAFF):
        speaker.signal(signal)
    assert [what for what, _ in out.heard] == [sound_of(((700.0, 0.1),))]
    assert isinstance(out.heard[0][0], Sound)
    assert isinstance(out.heard[0][0].samples, array.array)
