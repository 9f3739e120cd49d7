"""The contract of Lights, over gpiozero's pins without wires and its twin."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Final

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from agent.adapters.gpio import GpioLights
from agent.adapters.simulated.lights import SimulatedLights
from agent.core.actions import Signal
from agent.ports.lights import Lights
from agent.signs import LAMPS, LIGHTS, TUNES, Lamp, LightSign, Move, brightness, lights_of

PINS: Final[Mapping[Lamp, int]] = {"green": 17, "red": 27, "amber": 22}
BUZZER: Final = 18
DEADLINE_S: Final = 5.0
ROUNDS: Final = 2
PERIOD_S: Final = 0.02
"""A hundred times as fast as a kiosk, so that a test sees more than one round."""


def quick(lights: Mapping[str, LightSign]) -> dict[str, LightSign]:
    return {
        name: LightSign(green=light.green, red=light.red, amber=light.amber, period_s=PERIOD_S)
        for name, light in lights.items()
    }


class WrittenPin(MockPWMPin):  # type: ignore[misc]  # gpiozero has no types
    """Remembers every level that it is given, also one that it has already: a pause is many."""

    def __init__(self, factory: object, info: object) -> None:
        self.written: list[float] = []
        super().__init__(factory, info)

    def _set_state(self, value: float) -> None:
        self.written.append(round(value, 6))
        super()._set_state(value)


def soon(happened: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + DEADLINE_S
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    before = set(threading.enumerate())  # one of another test may end meanwhile
    factory = MockFactory(pin_class=WrittenPin)
    yield factory
    factory.close()
    assert set(threading.enumerate()) <= before, "a light left a thread behind"


@dataclass(frozen=True)
class Rig:
    """Lights, an eye for each lamp, and an ear."""

    lights: Lights
    does: Callable[[Lamp, Move], bool]
    """Whether the lamp does this since the last signal."""
    hears: Callable[[], list[float]]
    """The notes of the last signal in hertz, once it has sounded."""
    is_dark: Callable[[], bool]


class Wires:
    """What gpiozero writes to the pins of a kiosk."""

    def __init__(self, pins: MockFactory, lights: Mapping[str, LightSign]) -> None:
        self._pins = pins
        self._lights = GpioLights(PINS, BUZZER, quick(lights), pin_factory=pins)
        self._at_rest = set(threading.enumerate())

    def show(self, signal: Signal) -> None:
        self._lights.show(Signal.READY)
        for number in (*PINS.values(), BUZZER):
            self._pins.pin(number).written.clear()
        self._lights.show(signal)

    def close(self) -> None:
        self._lights.close()

    def does(self, lamp: Lamp, move: Move) -> bool:
        pin = self._pins.pin(PINS[lamp])
        levels, _ = brightness(move, PERIOD_S)
        if len(levels) == 1:
            return list(pin.written) == [0, levels[0]]
        wanted = [0, *(round(level, 6) for level in islice(cycle(levels), ROUNDS * len(levels)))]
        return soon(lambda: len(pin.written) >= len(wanted)) and pin.written[: len(wanted)] == wanted

    def moving(self) -> int:
        """How many threads move a lamp."""
        return len(set(threading.enumerate()) - self._at_rest)

    def is_dark(self) -> bool:
        return not any(self._pins.pin(number).state for number in (*PINS.values(), BUZZER))

    def hears(self) -> list[float]:
        buzzer = self._pins.pin(BUZZER)
        notes: list[float] = []

        def listen() -> bool:
            if buzzer.frequency and buzzer.state and (not notes or notes[-1] != buzzer.frequency):
                notes.append(buzzer.frequency)
            return buzzer.frequency is None and bool(notes)

        assert soon(listen)
        return notes


@pytest.fixture
def wires(pins: MockFactory) -> Iterator[Wires]:
    wires = Wires(pins, LIGHTS)
    yield wires
    wires.close()


@pytest.fixture(params=["gpio", "simulated"])
def make_rig(
    request: pytest.FixtureRequest, pins: MockFactory
) -> Iterator[Callable[[Mapping[str, LightSign]], Rig]]:
    opened: list[Lights] = []

    def make(lights: Mapping[str, LightSign]) -> Rig:
        if request.param == "simulated":
            twin = SimulatedLights(lights=lights)
            opened.append(twin)
            return Rig(
                twin,
                lambda lamp, move: twin.light.move(lamp) == move,
                lambda: list(dict.fromkeys(hertz for hertz, _ in twin.tune if hertz)),
                lambda: twin.light == LightSign(),
            )
        real = Wires(pins, lights)
        opened.append(real)
        return Rig(real, real.does, real.hears, real.is_dark)

    yield make
    for lights in opened:
        lights.close()


MakeRig = Callable[[Mapping[str, LightSign]], Rig]
SOFT: Final = lights_of("amber", {})
OWN: Final = lights_of("red", {"paused": LightSign(red="double_pulse", amber="fade")})


@pytest.mark.parametrize("signal", list(Signal))
@pytest.mark.parametrize("lights", [LIGHTS, SOFT, OWN], ids=["default", "soft", "own"])
def test_each_lamp_does_what_the_signal_s_pattern_says(
    make_rig: MakeRig, lights: Mapping[str, LightSign], signal: Signal
) -> None:
    rig = make_rig(lights)
    rig.lights.show(signal)
    assert {lamp: rig.does(lamp, lights[signal].move(lamp)) for lamp in LAMPS} == dict.fromkeys(LAMPS, True)


@pytest.mark.parametrize("before", list(Signal))
def test_a_signal_puts_out_the_one_before(make_rig: MakeRig, before: Signal) -> None:
    rig = make_rig(LIGHTS)
    for after in Signal:
        rig.lights.show(before)
        rig.lights.show(after)
        for lamp in LAMPS:
            assert rig.does(lamp, LIGHTS[after].move(lamp)), (after, lamp)


@pytest.mark.parametrize(
    ("signal", "notes"),
    [
        (Signal.ACCEPTED, [523.0, 784.0]),
        (Signal.ASK_STAFF, [440.0]),
        (Signal.TEST, [659.0]),
        (Signal.SPOT_CHECK, [523.0, 784.0]),
    ],
)
def test_each_answer_has_a_tone_of_its_own(make_rig: MakeRig, signal: Signal, notes: list[float]) -> None:
    rig = make_rig(LIGHTS)
    rig.lights.show(signal)
    assert rig.hears() == notes


@pytest.mark.parametrize("signal", list(Signal))
def test_closed_lights_are_dark_and_may_be_closed_twice(make_rig: MakeRig, signal: Signal) -> None:
    rig = make_rig(LIGHTS)
    rig.lights.show(signal)
    rig.lights.close()
    rig.lights.close()
    assert rig.is_dark()


@pytest.mark.parametrize("signal", list(Signal))
def test_only_lamps_that_move_have_a_thread(wires: Wires, signal: Signal) -> None:
    wires.show(signal)
    moving = sum(LIGHTS[signal].move(lamp) in ("fade", "double_pulse") for lamp in LAMPS)
    assert wires.moving() == moving


def test_an_answer_is_seen_at_once_not_when_a_fade_gets_there(pins: MockFactory) -> None:
    wires = Wires(pins, LIGHTS)
    wires.show(Signal.ASK_STAFF)
    assert soon(lambda: len(pins.pin(PINS["red"]).written) > 1)
    wires.close()
    assert pins.pin(PINS["red"]).written[:2] == [0, 1]


def test_a_light_never_waits_for_a_tone_and_a_new_one_ends_the_old(wires: Wires, pins: MockFactory) -> None:
    buzzer = pins.pin(BUZZER)
    wires.show(Signal.ACCEPTED)
    assert soon(lambda: bool(buzzer.frequency))
    wires.show(Signal.READY)
    assert soon(lambda: buzzer.frequency is None)


@pytest.mark.parametrize("signal", [signal for signal in Signal if not TUNES[signal]])
def test_a_signal_without_a_tone_leaves_the_buzzer_alone(pins: MockFactory, signal: Signal) -> None:
    wires = Wires(pins, LIGHTS)
    wires.show(signal)
    wires.close()
    assert not any(pins.pin(BUZZER).written)


def test_parts_that_are_not_wired_are_left_out(pins: MockFactory) -> None:
    lights = GpioLights({"green": None, "red": None, "amber": None}, None, pin_factory=pins)
    for signal in Signal:
        lights.show(signal)
    lights.close()
    assert pins.pins == {}


def test_the_twin_remembers_and_says_what_was_shown() -> None:
    said: list[Signal] = []
    twin = SimulatedLights(said.append)
    lights: Lights = twin
    lights.show(Signal.ACCEPTED)
    lights.show(Signal.READY)
    lights.close()
    assert said == [Signal.ACCEPTED, Signal.READY]
    assert list(twin.shown) == [Signal.ACCEPTED, Signal.READY, Signal.READY]
