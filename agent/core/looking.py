"""How the camera sees and the reading fares: what a person asks about, and what a kiosk's health is."""

from dataclasses import dataclass, field, replace
from itertools import zip_longest

SMOOTHING = 0.05
"""Weight of the newest look in what one takes."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What can be measured on a frame, in the guide box."""

    sharpness: float | None
    """Share of an edge's height that is climbed within one pixel, 0 to 1; ``None`` without any clear edge."""
    dark: float
    """Share of the pixels that are nearly black."""
    blown: float
    """Share of the pixels that are as white as can be."""
    mean: float
    """Grey level, 0 to 255."""
    exposure_ms: float | None = None
    lux: float | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Since something began."""

    frames: int = 0
    failures: tuple[int, ...] = ()
    """Pictures that each engine failed on, in the engines' order."""
    retouch_failures: int = 0
    unread: int = 0
    """Times that something like a code was held up through every rescue step, and none read it."""

    def plus(self, more: "Counts") -> "Counts":
        failures = tuple(a + b for a, b in zip_longest(self.failures, more.failures, fillvalue=0))
        return Counts(
            self.frames + more.frames,
            failures,
            self.retouch_failures + more.retouch_failures,
            self.unread + more.unread,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    camera: str = ""
    engines: tuple[str, ...] = ()
    sees: bool = False
    """Whether a camera child runs and has opened."""
    losses: int = 0
    """Times that a child ended, for whatever reason."""
    why_lost: str = ""
    """The last reason, for a person."""
    decode_ms: float = 0.0
    picture: Picture | None = None
    before: Counts = field(default_factory=Counts)
    """Of the children that have ended."""
    child: Counts = field(default_factory=Counts)
    """Of the one that runs."""
    foreign: int = 0
    """Codes that are not ours, each time one came into view."""
    several: int = 0
    """Times that two cards stayed in view, or one whose codes differ."""

    @property
    def counts(self) -> Counts:
        return self.before.plus(self.child)


def opened(looking: Looking, camera: str, engines: tuple[str, ...]) -> Looking:
    return replace(looking, camera=camera, engines=engines, sees=True)


def looked(looking: Looking, decode_ms: float) -> Looking:
    change = (decode_ms - looking.decode_ms) * (SMOOTHING if looking.decode_ms else 1)
    return replace(looking, decode_ms=looking.decode_ms + change)


def checked(looking: Looking, picture: Picture, child: Counts) -> Looking:
    """``child`` counts from the child's start."""
    return replace(looking, picture=picture, child=child)


def lost(looking: Looking, why: str) -> Looking:
    return replace(
        looking,
        sees=False,
        losses=looking.losses + 1,
        why_lost=why,
        picture=None,
        before=looking.counts,
        child=Counts(),
    )
