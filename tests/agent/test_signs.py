"""One light has one meaning, green is for those who are let in, and nothing flickers."""

from itertools import combinations, pairwise
from typing import Final, get_args

import pytest

from agent.core.actions import Signal
from agent.signs import (
    LAMPS,
    LIGHTS,
    TUNES,
    LightSign,
    SignalName,
    Tune,
    brightness,
    contour,
    flashes_in_a_second,
    lights_of,
    tunes_of,
    why_not_lights,
    why_not_tunes,
)


def test_every_signal_has_a_light_and_a_tune() -> None:
    assert set(get_args(SignalName)) == set(LIGHTS) == set(TUNES) == {signal.value for signal in Signal}


@pytest.mark.parametrize("lights", [LIGHTS, lights_of("amber", {})], ids=["red", "amber"])
def test_the_kiosk_s_own_lights_are_told_apart(lights: dict[str, LightSign]) -> None:
    assert why_not_lights(lights) is None
    dark = {name for name, light in lights.items() if light == LightSign()}
    assert dark == {"ready", "paused"}
    for one, other in combinations(set(lights) - dark, 2):
        assert lights[one].seen != lights[other].seen


def test_the_kiosk_s_own_tunes_are_told_apart_by_how_they_move() -> None:
    assert why_not_tunes(TUNES) is None
    heard = {name: contour(tune) for name, tune in TUNES.items() if tune}
    assert heard == {"accepted": (1,), "ask_staff": (0, 0), "test": (), "spot_check": (1, 0)}


def test_a_softer_refusal_is_amber_and_a_pattern_of_the_venue_s_own_goes_before_it() -> None:
    assert lights_of("red", {})["ask_staff"] == LightSign(red="fade")
    assert lights_of("amber", {})["ask_staff"] == LightSign(amber="fade")
    own = LightSign(red="fade", amber="fade")
    assert lights_of("amber", {"ask_staff": own})["ask_staff"] == own
    assert lights_of("amber", {})["accepted"] == LIGHTS["accepted"]


def test_a_fade_begins_at_its_brightest_and_a_double_pulse_is_two_flashes_and_a_pause() -> None:
    fade, step_s = brightness("fade", 3)
    assert (fade[0], min(fade)) == (1, 0)
    assert len(fade) * step_s == pytest.approx(3)
    assert all(abs(after - before) < 0.05 for before, after in pairwise(fade))
    pulse, step_s = brightness("double_pulse", 1.8)
    assert pulse == (1, 0, 1, *[0] * 9)
    assert step_s == pytest.approx(0.15)


@pytest.mark.parametrize(
    ("period_s", "flashes"), [(2.0, 2), (1.0, 3), (0.9, 3), (0.85, 4), (0.5, 4), (0.1, 20), (10.0, 1)]
)
def test_flashes_are_counted_in_the_worst_second(period_s: float, flashes: int) -> None:
    assert flashes_in_a_second("double_pulse", period_s) == flashes
    assert flashes_in_a_second("steady", period_s) == flashes_in_a_second("dark", period_s) == 0


WRONG_LIGHTS: Final[dict[str, tuple[SignalName, LightSign, str]]] = {
    "a refusal in the light of a test": (
        "ask_staff",
        LightSign(amber="steady"),
        "ask_staff and test look the same",
    ),
    "only faster": ("paused", LightSign(red="fade", period_s=5), "ask_staff and paused look the same"),
    "a softness that is out of order": (
        "ask_staff",
        LightSign(amber="double_pulse"),
        "ask_staff and out_of_order look the same",
    ),
    "green for a refusal": ("ask_staff", LightSign(green="fade"), "may not be green"),
    "green at rest": ("ready", LightSign(green="steady"), "may not be green"),
    "no green for a welcome": ("accepted", LightSign(red="steady"), "must be green"),
    "no light for a refusal": ("ask_staff", LightSign(), "ask_staff has no light"),
    "a fade that is too quick": ("ask_staff", LightSign(red="fade", period_s=0.9), "more than once a second"),
    "a flicker": (
        "out_of_order",
        LightSign(amber="double_pulse", period_s=0.8),
        "more than 3 times in a second",
    ),
}


@pytest.mark.parametrize(("name", "light", "says"), WRONG_LIGHTS.values(), ids=WRONG_LIGHTS.keys())
def test_a_light_that_would_mislead_or_hurt_is_refused(name: SignalName, light: LightSign, says: str) -> None:
    assert says in (why_not_lights(lights_of("red", {name: light})) or "")


def test_a_softer_refusal_collides_with_a_pause_that_fades_in_amber() -> None:
    paused: dict[SignalName, LightSign] = {"paused": LightSign(amber="fade")}
    assert why_not_lights(lights_of("red", paused)) is None
    assert "ask_staff and paused" in (why_not_lights(lights_of("amber", paused)) or "")


WRONG_TUNES: Final[dict[str, tuple[SignalName, Tune, str]]] = {
    "a refusal that rises": ("ask_staff", ((440, 0.2), (523, 0.2)), "accepted and ask_staff sound the same"),
    "one note of another pitch": ("out_of_order", ((523, 0.2),), "out_of_order and test sound the same"),
    "too long": ("test", ((659, 0.4), (523, 0.3)), "shorter than 0.7 s"),
    "too low": ("test", ((110, 0.4),), "no buzzer plays"),
}


@pytest.mark.parametrize(("name", "tune", "says"), WRONG_TUNES.values(), ids=WRONG_TUNES.keys())
def test_a_tone_that_would_mislead_is_refused(name: SignalName, tune: Tune, says: str) -> None:
    assert says in (why_not_tunes(tunes_of({name: tune})) or "")


def test_a_venue_may_have_no_tones_at_all() -> None:
    silent = tunes_of(dict.fromkeys(get_args(SignalName), ()))
    assert why_not_tunes(silent) is None


def test_a_light_is_told_in_words() -> None:
    words = {name: light.in_words() for name, light in LIGHTS.items()}
    assert words["spot_check"] == "green steady with amber steady"
    assert (words["ready"], words["out_of_order"]) == ("dark", "amber double pulse")
    assert set(LAMPS) == {"green", "red", "amber"}
