"""Light and tone of each signal, as values: what a kiosk shows by itself, and what a venue may have it show.

One light has one meaning at three metres. Green is for those who are let in, and for nobody else.
"""

from collections.abc import Mapping
from itertools import combinations, pairwise
from typing import Annotated, Final, Literal

import msgspec

SignalName = Literal["ready", "accepted", "ask_staff", "out_of_order", "test", "spot_check", "paused"]
"""The values of :class:`agent.core.actions.Signal`."""
Lamp = Literal["green", "red", "amber"]
Move = Literal["dark", "steady", "fade", "double_pulse"]
LAMPS: Final[tuple[Lamp, ...]] = ("green", "red", "amber")

LET_IN: Final[frozenset[str]] = frozenset({"accepted", "spot_check"})
MAY_BE_DARK: Final[frozenset[str]] = frozenset({"ready", "paused"})
"""Dark is no light: it says nothing, and the screen says what is to be said."""

FADES_A_SECOND: Final = 1.0
FLASHES_A_SECOND: Final = 3
"""WCAG 2.3.1: more in any one second may start a seizure."""
FADE_STEPS: Final = 60
PULSE_STEPS: Final = 12

TUNE_S: Final = 0.7
"""A tune is shorter than this."""
LOWEST_HZ: Final = 220.0
Note = tuple[Annotated[float, msgspec.Meta(ge=0, le=2000)], Annotated[float, msgspec.Meta(gt=0, le=TUNE_S)]]
"""Hertz and seconds; 0 Hz is a rest."""
Tune = Annotated[tuple[Note, ...], msgspec.Meta(max_length=12)]
"""Empty is no tone at all."""


class LightSign(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What each lamp does, and in how many seconds a movement comes round."""

    green: Move = "dark"
    red: Move = "dark"
    amber: Move = "dark"
    period_s: Annotated[float, msgspec.Meta(gt=0, le=10)] = 2.0

    def move(self, lamp: Lamp) -> Move:
        moves: dict[Lamp, Move] = {"green": self.green, "red": self.red, "amber": self.amber}
        return moves[lamp]

    def in_words(self) -> str:
        """For technicians, in English."""
        lit = (f"{lamp} {move.replace('_', ' ')}" for lamp, move in zip(LAMPS, self.seen, strict=True))
        return " with ".join(words for words in lit if not words.endswith("dark")) or "dark"

    @property
    def seen(self) -> tuple[Move, ...]:
        """What tells it from other lights at three metres: not how fast it moves."""
        return tuple(self.move(lamp) for lamp in LAMPS)


Lights = Mapping[str, LightSign]
Tunes = Mapping[str, Tune]
"""By name of the signal; one for each."""

LIGHTS: Final[Lights] = {
    "ready": LightSign(),
    "accepted": LightSign(green="steady"),
    "ask_staff": LightSign(red="fade"),
    "out_of_order": LightSign(amber="double_pulse"),
    "test": LightSign(amber="steady"),
    "spot_check": LightSign(green="steady", amber="steady"),
    "paused": LightSign(),
}
SOFT_ASK_STAFF: Final = LightSign(amber="fade")

TUNES: Final[Tunes] = {
    "ready": (),
    "accepted": ((523.0, 0.18), (784.0, 0.3)),
    "ask_staff": ((440.0, 0.16), (0.0, 0.1), (440.0, 0.16), (0.0, 0.1), (440.0, 0.16)),
    "out_of_order": (),
    "test": ((659.0, 0.3),),
    "spot_check": ((523.0, 0.14), (784.0, 0.2), (0.0, 0.08), (784.0, 0.2)),
    "paused": (),
}


def lights_of(reject: Literal["red", "amber"], chosen: Mapping[SignalName, LightSign]) -> Lights:
    """The venue's lights: a pattern that it wrote itself goes before the softness that it chose."""
    soft = (("ask_staff", SOFT_ASK_STAFF),) if reject == "amber" else ()
    return dict((*LIGHTS.items(), *soft, *chosen.items()))


def tunes_of(chosen: Mapping[SignalName, Tune]) -> Tunes:
    return dict((*TUNES.items(), *chosen.items()))


def brightness(move: Move, period_s: float) -> tuple[tuple[float, ...], float]:
    """How bright a lamp is in each step of one period (0 to 1), and how long a step is in seconds."""
    match move:
        case "dark":
            return (0.0,), period_s
        case "steady":
            return (1.0,), period_s
        case "fade":
            half = FADE_STEPS // 2
            # It begins at its brightest: an answer is seen at once.
            return tuple(abs(step - half) / half for step in range(FADE_STEPS)), period_s / FADE_STEPS
        case "double_pulse":
            return (1.0, 0.0, 1.0, *(0.0,) * (PULSE_STEPS - 3)), period_s / PULSE_STEPS


def flashes_in_a_second(move: Move, period_s: float) -> int:
    """The most beginnings of light that fall into any one second."""
    levels, step_s = brightness(move, period_s)
    begins = [index for index, level in enumerate(levels) if level > levels[index - 1] == 0]
    rounds = int(1 / period_s) + 2
    times = [(turn * len(levels) + index) * step_s for turn in range(rounds) for index in begins]
    return max((sum(first <= time < first + 1 for time in times) for first in times), default=0)


def why_not_lights(lights: Lights) -> str | None:
    """What is wrong with ``lights``, as the end of a sentence that begins with a table's name."""
    for name, light in lights.items():
        if (why := _why_not_light(name, light)) is not None:
            return f"{name} {why}"
    for (one, light), (other, same) in combinations(lights.items(), 2):
        if light.seen == same.seen and not {one, other} <= MAY_BE_DARK:
            return f"{one} and {other} look the same: one light has one meaning"
    return None


def _why_not_light(name: str, light: LightSign) -> str | None:
    moves = set(light.seen)
    if moves == {"dark"} and name not in MAY_BE_DARK:
        return "has no light"
    if (light.green != "dark") != (name in LET_IN):
        return "must be green: it lets in" if name in LET_IN else "may not be green: it lets nobody in"
    if "fade" in moves and 1 / light.period_s > FADES_A_SECOND:
        return f"fades more than once a second: give it a period_s of {1 / FADES_A_SECOND:g} or more"
    if max(flashes_in_a_second(move, light.period_s) for move in moves) > FLASHES_A_SECOND:
        return f"flashes more than {FLASHES_A_SECOND} times in a second: give it a longer period_s"
    return None


def why_not_tunes(tunes: Tunes) -> str | None:
    """Likewise."""
    for name, tune in tunes.items():
        if seconds_of(tune) >= TUNE_S:
            return f"{name} is {seconds_of(tune):g} s long: it must be shorter than {TUNE_S:g} s"
        if any(0 < hertz < LOWEST_HZ for hertz, _ in tune):
            return f"{name} has a note below {LOWEST_HZ:g} Hz, which no buzzer plays"
    for (one, tune), (other, same) in combinations(tunes.items(), 2):
        if tune and same and contour(tune) == contour(same):
            return f"{one} and {other} sound the same: one tone has one meaning"
    return None


def seconds_of(tune: Tune) -> float:
    return round(sum(seconds for _, seconds in tune), 6)


def contour(tune: Tune) -> tuple[int, ...]:
    """Whether it rises (1), stays (0) or falls (-1) from note to note: heard without an ear for pitch."""
    notes = [hertz for hertz, _ in tune if hertz]
    return tuple((after > before) - (after < before) for before, after in pairwise(notes))
