"""Eyes: the camera child as the agent sees it. Reads come in; a crash is an event, not an end."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from agent.core.looking import Counts, Picture
from agent.core.reads import Read


@dataclass(frozen=True, slots=True)
class EyesOpened:
    """The child runs; the first frame is in."""

    camera: str
    engines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """One frame was looked at, with or without reads. Also the child's sign of life."""

    reads: tuple[Read, ...]
    decode_ms: float
    at_s: float | None = None
    """By the kiosk's stopwatch, when the frame was at hand; ``None``: just now."""


@dataclass(frozen=True, slots=True)
class Checked:
    """About once a second: how the picture is, and the child's counts since its start."""

    picture: Picture
    counts: Counts


@dataclass(frozen=True, slots=True)
class EyesLost:
    """The child ended. It is started again after a while; until then nothing is read."""

    why: str


Glance = EyesOpened | Looked | Checked | EyesLost


class Eyes(Protocol):
    def watch(self) -> AsyncIterator[Glance]:
        """What the camera sees from now on, without end. Closing the iterator ends the child.

        Where the reader is slower than the camera only the newest empty frames are dropped, never reads.
        """
        ...
