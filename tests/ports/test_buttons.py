"""The contract of Buttons, over gpiozero's pins without wires and its twin."""

from collections.abc import Callable, Iterator

import pytest
from gpiozero.pins.mock import MockFactory

from agent.adapters.gpio import GpioButtons
from agent.adapters.simulated.lights import SimulatedButtons
from agent.ports.buttons import Buttons

PINS = {0: 5, 1: 6, 2: 13}
LET_IN = 19
Press = Callable[[int | None], None]
"""A number of children, or ``None`` for the staff's own."""


@pytest.fixture(params=["gpio", "simulated"])
def hand(request: pytest.FixtureRequest) -> Iterator[tuple[Buttons, Press]]:
    """Buttons, and a finger on them."""
    if request.param == "simulated":
        twin = SimulatedButtons()
        yield twin, lambda children: twin.let_in() if children is None else twin.press(children)
        return
    factory = MockFactory()
    buttons = GpioButtons(PINS, LET_IN, factory)

    def press(children: int | None) -> None:
        pin = factory.pin(LET_IN if children is None else PINS[children])
        pin.drive_low()
        pin.drive_high()

    yield buttons, press
    buttons.close()
    factory.close()


def test_a_press_says_its_number_of_children(hand: tuple[Buttons, Press]) -> None:
    buttons, press = hand
    pressed: list[int] = []
    buttons.on_press(pressed.append)
    for children in (2, 0, 1, 1):
        press(children)
    assert pressed == [2, 0, 1, 1]


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
    pressed: list[int] = []
    buttons.on_press(pressed.append)
    assert pressed == []


def test_buttons_may_be_closed_twice(hand: tuple[Buttons, Press]) -> None:
    buttons, _ = hand
    buttons.close()
    buttons.close()
