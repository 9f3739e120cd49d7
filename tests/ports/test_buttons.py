"""The contract of Buttons, over gpiozero's pins without wires and its twin."""

from collections.abc import Callable, Iterator, Mapping

import pytest
from gpiozero.pins.mock import MockFactory

from agent.adapters.gpio import GpioButtons
from agent.adapters.simulated.lights import SimulatedButtons
from agent.ports.buttons import Buttons, Pressed

PINS: Mapping[Pressed, int] = {0: 5, 1: 6, 2: 13, "more": 20, "enter": 21, "louder": 26}
LET_IN = 19
Press = Callable[[Pressed | None], None]
"""A visitor's key, or ``None`` for the staff's own."""


@pytest.fixture(params=["gpio", "simulated"])
def hand(request: pytest.FixtureRequest) -> Iterator[tuple[Buttons, Press]]:
    """Buttons, and a finger on them."""
    if request.param == "simulated":
        twin = SimulatedButtons()
        yield twin, lambda key: twin.let_in() if key is None else twin.press(key)
        return
    factory = MockFactory()
    buttons = GpioButtons(PINS, LET_IN, factory)

    def press(key: Pressed | None) -> None:
        pin = factory.pin(LET_IN if key is None else PINS[key])
        pin.drive_low()
        pin.drive_high()

    yield buttons, press
    buttons.close()
    factory.close()


def test_a_press_says_its_key(hand: tuple[Buttons, Press]) -> None:
    buttons, press = hand
    pressed: list[Pressed] = []
    buttons.on_press(pressed.append)
    keys: list[Pressed] = [2, 0, "more", 1, "louder", 1, "enter"]
    for key in keys:
        press(key)
    assert pressed == keys


def test_the_staff_s_own_button_is_told_apart(hand: tuple[Buttons, Press]) -> None:
    buttons, press = hand
    said: list[object] = []
    buttons.on_press(said.append)
    buttons.on_let_in(lambda: said.append("let in"))
    press(None)
    press(1)
    press(None)
    assert said == ["let in", 1, "let in"]


def test_a_press_before_anybody_listens_is_lost(hand: tuple[Buttons, Press]) -> None:
    buttons, press = hand
    press(1)
    pressed: list[Pressed] = []
    buttons.on_press(pressed.append)
    assert pressed == []


def test_buttons_may_be_closed_twice(hand: tuple[Buttons, Press]) -> None:
    buttons, _ = hand
    buttons.close()
    buttons.close()
