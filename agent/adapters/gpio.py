"""Lights, Ring and Buttons on gpiozero: which pin is which, and who moves them."""

import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import cycle
from typing import Final

from gpiozero import LED, PWMLED, BadPinFactory, Button, PinFactoryFallback, PinUnknownPi, TonalBuzzer
from gpiozero.pins import Factory
from gpiozero.tones import Tone

from agent.core.actions import Signal
from agent.ports.buttons import Pressed
from agent.ports.lights import LightsMissingError
from agent.signs import LAMPS, LIGHTS, TUNES, Lamp, Lights, Tune, Tunes, brightness

BOUNCE_S: Final = 0.05
RING_HZ: Final = 1000
"""A dimmed ring is lit ten times in a lamp's half wave: slower, it would draw bands over the picture."""


class GpioLights:
    """Green, red and amber LED and a passive buzzer, each on its BCM pin or not there at all."""

    def __init__(
        self,
        pins: Mapping[Lamp, int | None],
        buzzer: int | None,
        lights: Lights = LIGHTS,
        tunes: Tunes = TUNES,
        pin_factory: Factory | None = None,
    ) -> None:
        self._lights, self._tunes = lights, tunes
        fading = {lamp for light in lights.values() for lamp in LAMPS if light.move(lamp) == "fade"}
        with _pins():
            self._lamps = {
                # A lamp that only is on or off needs no pulses at all.
                lamp: (PWMLED if lamp in fading else LED)(pin, pin_factory=pin_factory)
                for lamp in LAMPS
                if (pin := pins.get(lamp)) is not None
            }
            self._buzzer = (
                # A3 to A7: the default range ends below what a small buzzer plays well.
                TonalBuzzer(buzzer, mid_tone=Tone(880.0), octaves=2, pin_factory=pin_factory)
                if buzzer is not None
                else None
            )
        self._melody = _Melody(self._buzzer)

    def show(self, signal: Signal) -> None:
        light = self._lights[signal]
        for lamp in self._lamps.values():
            lamp.source = None
            lamp.off()
        for name, lamp in self._lamps.items():
            levels, step_s = brightness(light.move(name), light.period_s)
            if len(levels) > 1:
                lamp.source_delay = step_s
                lamp.source = cycle(levels)
            else:
                lamp.value = levels[0]
        self._melody.play(self._tunes[signal])

    def close(self) -> None:
        self._melody.close()
        for part in (*self._lamps.values(), self._buzzer):
            if part is not None:
                part.close()


class GpioRing:
    """White LEDs behind a transistor; ``level`` is their share of full brightness, 0 to 1."""

    def __init__(self, pin: int | None, level: float, pin_factory: Factory | None = None) -> None:
        self._level = level
        with _pins():
            self._leds = (
                None
                if pin is None
                # Undimmed it is steady, and needs no pulses at all.
                else LED(pin, pin_factory=pin_factory)
                if level >= 1
                else PWMLED(pin, frequency=RING_HZ, pin_factory=pin_factory)
            )

    def light(self, on: bool) -> None:
        if self._leds is not None:
            self._leds.value = self._level if on else 0

    def close(self) -> None:
        if self._leds is not None:
            self._leds.close()


class GpioButtons:
    """One key to ground for each number and wish, and one behind the counter to let somebody in."""

    def __init__(
        self, pins: Mapping[Pressed, int], let_in: int | None = None, pin_factory: Factory | None = None
    ) -> None:
        with _pins():
            self._buttons = {
                key: Button(pin, bounce_time=BOUNCE_S, pin_factory=pin_factory) for key, pin in pins.items()
            }
            self._let_in = (
                Button(let_in, bounce_time=BOUNCE_S, pin_factory=pin_factory) if let_in is not None else None
            )

    def on_press(self, pressed: Callable[[Pressed], object]) -> None:
        for key, button in self._buttons.items():
            button.when_pressed = _call(pressed, key)

    def on_let_in(self, pressed: Callable[[], object]) -> None:
        if self._let_in:
            self._let_in.when_pressed = pressed

    def close(self) -> None:
        for button in (*self._buttons.values(), self._let_in):
            if button is not None:
                button.close()


def _call(pressed: Callable[[Pressed], object], key: Pressed) -> Callable[[], object]:
    return lambda: pressed(key)


class _Melody:
    """Plays on a thread of its own, so that a light never waits for a tone; a new one ends the old."""

    def __init__(self, buzzer: TonalBuzzer | None) -> None:
        self._changed = threading.Condition()
        self._next: Tune | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, args=(buzzer,), name="melody", daemon=True)
        if buzzer is not None:
            self._thread.start()

    def play(self, notes: Tune) -> None:
        with self._changed:
            self._next = notes
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self, buzzer: TonalBuzzer) -> None:
        while (notes := self._wait_for_notes()) is not None:
            for hertz, seconds in notes:
                if hertz:
                    buzzer.play(Tone(hertz))
                else:
                    buzzer.stop()
                if not self._hold(seconds):
                    break
            buzzer.stop()

    def _wait_for_notes(self) -> Tune | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._next is not None)
            notes, self._next = self._next, None
            return None if self._closed else notes

    def _hold(self, seconds: float) -> bool:
        """Whether the melody goes on after this note."""
        with self._changed:
            return not self._changed.wait_for(lambda: self._closed or self._next is not None, seconds)


@contextmanager
def _pins() -> Iterator[None]:
    """Never fall back to simulated pins in silence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", PinFactoryFallback
            )  # one sentence below instead of a line a library
            yield
    except (BadPinFactory, PinUnknownPi) as error:
        raise LightsMissingError(
            "this machine has no GPIO pins that can be used (is it a Raspberry Pi with python3-lgpio?). "
            'Set [lights] driver = "simulated" to run without lights.'
        ) from error
