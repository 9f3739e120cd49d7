"""Lights, ring and buttons without wires: what was shown is remembered and, if wanted, said in words."""

from collections import deque
from collections.abc import Callable

from agent.core.actions import Signal
from agent.ports.buttons import Pressed
from agent.signs import LIGHTS, TUNES, Lights, LightSign, Tunes


class SimulatedLights:
    """``say`` is called with each signal; ``shown`` keeps a thousand, ``light`` and ``tune`` the last."""

    def __init__(
        self, say: Callable[[Signal], None] | None = None, lights: Lights = LIGHTS, tunes: Tunes = TUNES
    ) -> None:
        self.shown: deque[Signal] = deque(maxlen=1000)
        self.light, self.tune = lights["ready"], tunes["ready"]
        self._lights, self._tunes = lights, tunes
        self._say = say

    def show(self, signal: Signal) -> None:
        self.light, self.tune = self._lights[signal], self._tunes[signal]
        self.shown.append(signal)
        if self._say:
            self._say(signal)

    def close(self) -> None:
        self.light, self.tune = LightSign(), ()
        self.shown.append(Signal.READY)


class SimulatedRing:
    """``lit`` is whether it is on."""

    def __init__(self) -> None:
        self.lit = False

    def light(self, on: bool) -> None:
        self.lit = on

    def close(self) -> None:
        self.lit = False


class SimulatedButtons:
    def __init__(self) -> None:
        self._pressed: Callable[[Pressed], object] | None = None
        self._let_in: Callable[[], object] | None = None

    def on_press(self, pressed: Callable[[Pressed], object]) -> None:
        self._pressed = pressed

    def press(self, key: Pressed) -> None:
        if self._pressed:
            self._pressed(key)

    def on_let_in(self, pressed: Callable[[], object]) -> None:
        self._let_in = pressed

    def let_in(self) -> None:
        if self._let_in:
            self._let_in()

    def close(self) -> None:
        self._pressed = self._let_in = None
