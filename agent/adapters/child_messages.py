"""What agent and camera child say to each other: settings in by stdin, a line of JSON out for each frame."""

from typing import Annotated

import msgspec

from agent.core.looking import Counts, Picture
from agent.core.reads import CodeSymbology

MAX_READS = 32
"""Codes taken from one frame; a sheet full of stickers must not fill the pipe."""


class UsePicamera(msgspec.Struct, frozen=True, tag="picamera"):
    """The Raspberry Pi's own camera."""

    spot_cm: float | None = None


class UseUsb(msgspec.Struct, frozen=True, tag="usb"):
    """A camera with a V4L2 driver."""

    device: str
    mjpeg: bool = False


class UseSocket(msgspec.Struct, frozen=True, tag="socket"):
    """The simulated camera that takes frames at a Unix socket."""

    path: str


class UsePictures(msgspec.Struct, frozen=True, tag="pictures"):
    """The simulated camera that goes through picture files."""

    files: tuple[str, ...]
    hold_s: float = 2.0
    gap_s: float = 3.0


class ChildSettings(msgspec.Struct, frozen=True, kw_only=True):
    camera: UsePicamera | UseUsb | UseSocket | UsePictures
    width: int
    height: int
    frames_per_second: Annotated[float, msgspec.Meta(gt=0)]
    pattern: str
    """What a card's code looks like; any other text is forgotten in the child."""
    test_card: str = ""
    """The text of the fleet's test card; empty where it has none."""
    frame_timeout_s: float = 1.0
    """Below the parent's patience, so that the child can say itself what is wrong."""


class Opened(msgspec.Struct, frozen=True, tag="opened"):
    camera: str
    engines: tuple[str, ...]


class Seen(msgspec.Struct, frozen=True):
    code: str | None
    symbology: CodeSymbology
    test: bool = False

    def __repr__(self) -> str:
        return f"Seen({self.symbology})"


class LookedAt(msgspec.Struct, frozen=True, tag="looked"):
    reads: tuple[Seen, ...]
    decode_ms: float
    at_ms: int
    """Of CLOCK_BOOTTIME, when the frame was at hand: a reader that was held up still knows when that was."""


class CheckedPicture(msgspec.Struct, frozen=True, tag="checked"):
    picture: Picture
    counts: Counts


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    why: str


ChildMessage = Opened | LookedAt | CheckedPicture | Ended


def to_line(message: ChildSettings | ChildMessage) -> bytes:
    return msgspec.json.encode(message) + b"\n"


def message_of(line: bytes) -> ChildMessage:
    """Raises :class:`msgspec.DecodeError`."""
    message: ChildMessage = msgspec.json.decode(line, type=ChildMessage)
    return message


def settings_of(line: bytes) -> ChildSettings:
    """Raises :class:`msgspec.DecodeError`."""
    return msgspec.json.decode(line, type=ChildSettings)
