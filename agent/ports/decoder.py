"""Decoder: finds the codes in a picture. Limited to QR and Code 39. Lives in the camera child."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.core.reads import CodeSymbology
from agent.ports.camera import Luma
from agent.told import ToldError


@dataclass(frozen=True, slots=True)
class Found:
    """A code in the picture. The text may be anybody's: it is never logged, kept or sent as it is."""

    text: str
    symbology: CodeSymbology
    place: tuple[int, int, int, int]
    """Left, top, right, bottom in pixels of the picture."""

    def __repr__(self) -> str:
        return f"Found({self.symbology}, {len(self.text)} characters)"


class DecoderMissingError(ToldError):
    """The engine cannot be had on this machine. The text says what to install."""


class Decoder(Protocol):
    @property
    def name(self) -> str:
        """Engine and version."""
        ...

    @property
    def failures(self) -> int:
        """Pictures that the engine failed on so far; to who asked, each was one without codes."""
        ...

    def decode(self, luma: Luma) -> Sequence[Found]:
        """All codes found, in no order. MUST NOT raise on any picture, change it, or keep a view of it."""
        ...
