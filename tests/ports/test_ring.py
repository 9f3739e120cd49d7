"""The contract of Ring, over gpiozero's pins without wires and its twin."""

from collections.abc import Callable, Iterator

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from agent.adapters.gpio import GpioRing
from agent.adapters.simulated.lights import SimulatedRing
from agent.ports.ring import Ring

PIN = 23


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    factory = MockFactory(pin_class=MockPWMPin)
    yield factory
    factory.close()


@pytest.fixture(params=[1.0, 0.4, None])
def ring(request: pytest.FixtureRequest, pins: MockFactory) -> Iterator[tuple[Ring, Callable[[], float]]]:
    """A ring, and how bright it is as a share of its level."""
    if request.param is None:
        twin = SimulatedRing()
        yield twin, lambda: float(twin.lit)
        return
    real = GpioRing(PIN, request.param, pins)
    yield real, lambda: float(pins.pin(PIN).state) / request.param
    real.close()


def test_it_is_dark_until_it_is_lit(ring: tuple[Ring, Callable[[], float]]) -> None:
    light, brightness = ring
    assert brightness() == 0
    for _ in range(2):
        light.light(True)
        assert brightness() == pytest.approx(1)
    for _ in range(2):
        light.light(False)
        assert brightness() == 0


def test_closed_it_is_dark(ring: tuple[Ring, Callable[[], float]]) -> None:
    light, brightness = ring
    light.light(True)
    light.close()
    assert brightness() == 0


def test_a_ring_that_is_not_wired_is_left_out(pins: MockFactory) -> None:
    ring = GpioRing(None, 1.0, pins)
    ring.light(True)
    ring.light(False)
    ring.close()
    assert pins.pins == {}
