"""How long a scan that the start before left open waits for its visitor; and what a venue sees and hears."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.adapters.aplay import AlsaLoudspeaker
from agent.adapters.simulated.lights import SimulatedLights
from agent.config import CardsConfig, KioskConfig, LightsConfig, SoundConfig
from agent.core.actions import Ref, Signal
from agent.core.state import Carried, LastCard, Refused, State, UnshownHand
from agent.parts import Options, first_state, make_lights, make_speaker, prompts_folder
from agent.ports.journal import LastGreen, LastRefused, OpenHand, OpenScan, Start
from agent.signs import LightSign, SignalName, Tune
from agent.simulate import simulated
from agent.wire.records import Shown
from tests.agent.core.visitors import RULES
from tests.agent.examples import OTHER_EPOCH, moment

REF = Ref(OTHER_EPOCH, 3)


def left(shown: Shown | None) -> Start:
    return Start("0" * 32, 2, OpenScan(REF, 7, lets_in=True, shown=shown, clock=moment(100).stamp()))


def test_nothing_was_left_open() -> None:
    assert first_state(Start("0" * 32, 2, None), moment(110), RULES) == State()


@pytest.mark.parametrize(
    ("shown", "until"),
    [(None, 110.0 + 600), ("staff", 100.0 + 30)],
)
def test_ten_minutes_where_it_was_not_shown_and_the_same_visit_where_it_was(
    shown: Shown | None, until: float
) -> None:
    state = first_state(left(shown), moment(110), RULES)
    assert state.open == REF
    assert state.carried is not None
    assert (state.carried.until, state.carried.shown) == (until, shown is not None)


def test_whom_a_slow_disk_sent_to_the_staff_is_written_down_anew_before_a_green_light() -> None:
    carried = first_state(left("staff"), moment(110), RULES).carried
    assert carried is not None
    assert not carried.lets_in


def test_a_memory_that_is_not_to_be_relied_on_is_trouble_from_the_first_moment() -> None:
    for start in (Start("0" * 32, 2, None), left("green")):
        assert first_state(start, moment(110), RULES, forgetful=True).troubles == {"forgetful"}
        assert first_state(start, moment(110), RULES).troubles == frozenset()


def test_after_a_boot_a_scan_that_was_shown_is_settled_at_once() -> None:
    state = first_state(left("green"), replace(moment(5), boot_id="another"), RULES)
    assert state.carried is not None
    assert state.carried.until == 5.0


def test_whom_the_staff_let_in_before_the_power_went_is_remembered_for_two_minutes() -> None:
    state = first_state(Start("0" * 32, 2, None, hand=OpenHand(REF, 7)), moment(110), RULES)
    assert state.unshown_hand == UnshownHand(REF, 7, 110.0 + 120)


def test_a_scan_that_showed_no_green_may_be_adopted_for_two_minutes() -> None:
    assert first_state(left("green"), moment(110), RULES).refused is None
    refusals: tuple[Shown | None, ...] = (None, "staff")
    for shown in refusals:
        refused = first_state(left(shown), moment(110), RULES).refused
        assert refused == Refused(REF, LastCard(7, lets_in=True), 110.0 + 120)


def test_whom_the_start_before_sent_to_the_staff_they_may_let_in_until_two_minutes_are_over() -> None:
    """Though the record was settled long before; of another boot nobody knows how long ago it was."""
    last = LastRefused(REF, 7, lets_in=False, boot_id=moment(100).boot_id, boottime_ms=100_000)
    start = Start("0" * 32, 2, None, refused=last)
    told = Refused(REF, LastCard(7, lets_in=False), 100.0 + 120)
    assert first_state(start, moment(110), RULES).refused == told
    assert first_state(replace(start, green=GREEN), moment(110), RULES).refused == told
    assert first_state(start, replace(moment(5), boot_id="another"), RULES).refused is None


GREEN = LastGreen(REF, 7, moment(100).boot_id, 100_000)


def test_whose_question_was_answered_is_known_within_the_same_visit_after_a_restart_of_the_agent() -> None:
    state = first_state(Start("0" * 32, 2, None, green=GREEN), moment(110), RULES)
    assert state.carried == Carried(REF, 7, lets_in=True, shown=True, until=130.0, settled=True)
    assert state.open is None


def test_after_a_boot_it_is_the_same_visit_for_as_long_as_the_boot_itself_is_no_longer() -> None:
    """Nobody knows how long the power was off, unless a calendar tells that it was for longer."""
    start = Start("0" * 32, 2, None, green=GREEN)
    booted = replace(moment(20), boot_id="another")
    carried = first_state(start, booted, RULES).carried
    assert carried == Carried(REF, 7, lets_in=True, shown=True, until=30.0, settled=True)
    assert first_state(start, replace(moment(31), boot_id="another"), RULES).carried is None
    known = replace(start, known_utc=booted.wall_utc - timedelta(seconds=29))
    assert first_state(known, booted, RULES).carried is not None
    known = replace(start, known_utc=booted.wall_utc - timedelta(hours=9))
    assert first_state(known, booted, RULES).carried is None
    assert first_state(known, replace(booted, synced=False), RULES).carried is not None


def test_a_scan_of_another_boot_that_was_shown_in_this_one_is_of_the_same_visit() -> None:
    long_ago = replace(moment(900), boot_id="another").stamp()
    scan = OpenScan(REF, 7, lets_in=True, shown="green", clock=long_ago)
    state = first_state(Start("0" * 32, 3, scan, green=GREEN), moment(110), RULES)
    assert state.carried == Carried(REF, 7, lets_in=True, shown=True, until=130.0)
    assert state.open == REF


def test_a_start_without_the_time_tells_it_later() -> None:
    assert first_state(Start("0" * 32, 2, None), moment(110, synced=False), RULES).undated
    assert not first_state(Start("0" * 32, 2, None), moment(110), RULES).undated


CARDS = CardsConfig(list_key=Path("x"), sealing_key=Path("y"))
OWN: dict[SignalName, LightSign] = {"out_of_order": LightSign(amber="double_pulse", period_s=3)}


def config_of(folder: Path, *, sound: SoundConfig) -> KioskConfig:
    lights = LightsConfig(driver="simulated", reject="amber", patterns=OWN)
    tones: dict[SignalName, Tune] = {"test": ((700.0, 0.1),)}
    return KioskConfig(
        kiosk="k-abcdefghij", venue="v-102", data=folder, cards=CARDS, lights=lights, tones=tones, sound=sound
    )


def test_lights_and_loudspeaker_are_as_the_venue_wants_them(tmp_path: Path) -> None:
    config = config_of(tmp_path, sound=SoundConfig(output="alsa", recordings=tmp_path / "own", speech=False))
    for folder, name in (
        (tmp_path / "own", "thanks"),
        (prompts_folder(config), "thanks"),
        (prompts_folder(config), "idle"),
    ):
        path = folder / "fi" / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    said: list[str] = []
    lights, buttons = make_lights(config, Options(insecure_demo=True, say=said.append))
    assert isinstance(lights, SimulatedLights)
    for signal, light in (
        (Signal.ASK_STAFF, LightSign(amber="fade")),
        (Signal.OUT_OF_ORDER, OWN["out_of_order"]),
    ):
        lights.show(signal)
        assert lights.light == light
    lights.show(Signal.TEST)
    assert lights.tune == ((700.0, 0.1),)
    buttons.close()
    speaker = make_speaker(config)
    assert isinstance(speaker.loudspeaker, AlsaLoudspeaker)
    assert (speaker.tunes["test"], speaker.speech, speaker.languages) == (
        ((700.0, 0.1),),
        False,
        ("fi", "sv", "en"),
    )
    assert speaker.prompts == {
        ("fi", "thanks"): tmp_path / "own" / "fi" / "thanks.wav",
        ("fi", "idle"): prompts_folder(config) / "fi" / "idle.wav",
    }
    speaker.close()


def test_without_sound_output_and_in_a_simulation_there_is_no_loudspeaker(tmp_path: Path) -> None:
    assert make_speaker(config_of(tmp_path, sound=SoundConfig())).loudspeaker is None
    loud = config_of(tmp_path, sound=SoundConfig(output="alsa"))
    assert make_speaker(simulated(loud)).loudspeaker is None
