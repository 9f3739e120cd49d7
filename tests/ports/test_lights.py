"""The contract of Lights, over gpiozero's pins without wires and its twin."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from agent.adapters.gpio import GpioLights
from agent.adapters.simulated.lights import SimulatedLights
from agent.core.actions import Signal
from agent.ports.lights import Lights

GREEN, RED, AMBER, BUZZER = 17, 27, 22, 18
DEADLINE_S = 5.0


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    before = set(threading.enumerate())  # one of another test may end meanwhile
    factory = MockFactory(pin_class=MockPWMPin)
    yield factory
    factory.close()
    assert set(threading.enumerate()) <= before, "a light left a thread behind"


@pytest.fixture
def lights(pins: MockFactory) -> Iterator[GpioLights]:
    lights = GpioLights(green=GREEN, red=RED, amber=AMBER, buzzer=BUZZER, pin_factory=pins)
    yield lights
    lights.close()


def lit(pins: MockFactory) -> dict[str, bool]:
    """Which lights were on at any time since their pins were last cleared."""
    return {
        name: any(state.state for state in pins.pin(number).states)
        for name, number in (("green", GREEN), ("red", RED), ("amber", AMBER))
    }


def clear(pins: MockFactory) -> None:
    for number in (GREEN, RED, AMBER):
        pins.pin(number).clear_states()


def soon(happened: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + DEADLINE_S
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def test_a_kiosk_that_waits_is_dark(lights: GpioLights, pins: MockFactory) -> None:
    lights.show(Signal.ACCEPTED)
    lights.show(Signal.READY)
    clear(pins)
    assert lit(pins) == {"green": False, "red": False, "amber": False}


def test_accepted_is_a_steady_green_and_nothing_else(lights: GpioLights, pins: MockFactory) -> None:
    clear(pins)
    lights.show(Signal.ACCEPTED)
    assert lit(pins) == {"green": True, "red": False, "amber": False}
    assert [state.state for state in pins.pin(GREEN).states] == [False, True]


def test_ask_staff_is_a_fading_red_and_nothing_else(lights: GpioLights, pins: MockFactory) -> None:
    clear(pins)
    lights.show(Signal.ASK_STAFF)
    assert soon(lambda: 0 < pins.pin(RED).state < 1)
    assert lit(pins) == {"green": False, "red": True, "amber": False}


def test_out_of_order_is_a_pulsing_amber_and_nothing_else(lights: GpioLights, pins: MockFactory) -> None:
    clear(pins)
    lights.show(Signal.OUT_OF_ORDER)
    assert soon(lambda: [state.state for state in pins.pin(AMBER).states][:4] == [False, True, False, True])
    assert lit(pins) == {"green": False, "red": False, "amber": True}


def test_the_test_card_is_a_steady_amber_and_never_green(lights: GpioLights, pins: MockFactory) -> None:
    clear(pins)
    lights.show(Signal.TEST)
    assert lit(pins) == {"green": False, "red": False, "amber": True}
    assert [state.state for state in pins.pin(AMBER).states] == [False, True]


@pytest.mark.parametrize("before", list(Signal))
@pytest.mark.parametrize("after", list(Signal))
def test_a_signal_puts_out_the_one_before(
    lights: GpioLights, pins: MockFactory, before: Signal, after: Signal
) -> None:
    resting = set(threading.enumerate())
    lights.show(before)
    lights.show(after)
    clear(pins)
    others = {Signal.ACCEPTED: "green", Signal.ASK_STAFF: "red", Signal.OUT_OF_ORDER: "amber"}
    others.pop(Signal.OUT_OF_ORDER if after is Signal.TEST else after, None)
    still = lit(pins)
    assert {name: still[name] for name in others.values()} == dict.fromkeys(others.values(), False)
    moving = after in (Signal.ASK_STAFF, Signal.OUT_OF_ORDER)  # a thread fades or pulses it
    assert len(set(threading.enumerate()) - resting) == moving


@pytest.mark.parametrize(
    ("signal", "melody"),
    [(Signal.ACCEPTED, [523.0, 784.0]), (Signal.ASK_STAFF, [440.0]), (Signal.TEST, [659.0])],
)
def test_each_answer_has_a_melody_of_its_own(
    lights: GpioLights, pins: MockFactory, signal: Signal, melody: list[float]
) -> None:
    buzzer = pins.pin(BUZZER)
    tones: list[float] = []

    def listen() -> bool:
        if buzzer.frequency and buzzer.state and (not tones or tones[-1] != buzzer.frequency):
            tones.append(buzzer.frequency)
        return buzzer.frequency is None and bool(tones)

    lights.show(signal)
    assert soon(listen)
    assert tones == melody


def test_a_light_never_waits_for_a_tone_and_a_new_one_ends_the_old(
    lights: GpioLights, pins: MockFactory
) -> None:
    lights.show(Signal.ACCEPTED)
    assert soon(lambda: bool(pins.pin(BUZZER).frequency))
    lights.show(Signal.READY)
    assert soon(lambda: pins.pin(BUZZER).frequency is None)


def test_closed_lights_are_dark_and_silent(pins: MockFactory) -> None:
    for signal in Signal:
        lights = GpioLights(green=GREEN, red=RED, amber=AMBER, buzzer=BUZZER, pin_factory=pins)
        lights.show(signal)
        lights.close()
        assert [bool(pins.pin(number).state) for number in (GREEN, RED, AMBER, BUZZER)] == [False] * 4


def test_parts_that_are_not_wired_are_left_out(pins: MockFactory) -> None:
    lights = GpioLights(green=None, red=None, amber=None, buzzer=None, pin_factory=pins)
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
