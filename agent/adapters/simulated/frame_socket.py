"""How frames reach the simulated camera: a Unix socket, a short header, the luma bytes, one byte back."""

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from agent.ports.camera import Luma
from agent.told import ToldError

MAX_SIDE: Final = 1920
MAX_HOLD_MS: Final = 600_000
TALK_S: Final = 5.0
"""A client that falls silent for so long is cut off."""

_HEADER: Final = struct.Struct(">4sHHI")
_MAGIC: Final = b"KKF1"
_TAKEN: Final = b"+"
_UNPLUGGED: Final = (0, 0)


class FrameRefusedError(ToldError):
    """The simulated camera is not there or did not take the frame. The text says what to do."""


class FrameSocketError(ToldError):
    """The socket cannot be opened. The text says what to do."""


@dataclass(frozen=True, slots=True)
class Shown:
    luma: Luma
    hold_s: float


@dataclass(frozen=True, slots=True)
class Unplugged:
    """From now on the camera gives no frame, as if its cable were pulled."""


def show(path: Path, luma: Luma, hold_s: float) -> None:
    """Hold ``luma`` up to the simulated camera at ``path``. Raises :class:`FrameRefusedError`."""
    height, width = luma.shape
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise FrameRefusedError(f"A frame has 1 to {MAX_SIDE} pixels a side, this one {width} x {height}.")
    hold_ms = min(max(round(hold_s * 1000), 0), MAX_HOLD_MS)
    _send(path, _HEADER.pack(_MAGIC, width, height, hold_ms) + luma.tobytes())


def unplug(path: Path) -> None:
    """Pull the simulated camera's cable. Raises :class:`FrameRefusedError`."""
    _send(path, _HEADER.pack(_MAGIC, *_UNPLUGGED, 0))


def _send(path: Path, message: bytes) -> None:
    try:
        with socket.socket(socket.AF_UNIX) as client, _short(path) as address:
            client.settimeout(TALK_S)
            client.connect(address)
            client.sendall(message)
            taken = client.recv(1)
    except OSError as error:
        raise FrameRefusedError(
            f"No simulated camera answers at {path}: {error.strerror or error}. Is the agent running?"
        ) from error
    if taken != _TAKEN:
        raise FrameRefusedError(f"The simulated camera at {path} did not take the frame.")


def receive(client: socket.socket) -> Iterator[Shown | Unplugged]:
    """What a client sends, until it hangs up, falls silent or sends nonsense; answered one by one."""
    client.settimeout(TALK_S)
    with suppress(OSError), client.makefile("rb") as stream:
        while len(header := stream.read(_HEADER.size)) == _HEADER.size:
            magic, width, height, hold_ms = _HEADER.unpack(header)
            if magic != _MAGIC or max(width, height) > MAX_SIDE or hold_ms > MAX_HOLD_MS:
                return
            pixels = stream.read(width * height)
            if (width, height) == _UNPLUGGED:
                yield Unplugged()
            elif not width or not height or len(pixels) < width * height:
                return
            else:
                yield Shown(np.frombuffer(pixels, np.uint8).reshape(height, width), hold_ms / 1000)
            client.sendall(_TAKEN)


def listen(path: Path) -> socket.socket:
    """Open the socket for its owner alone. Raises :class:`FrameSocketError`."""
    _remove_stale(path)
    server = socket.socket(socket.AF_UNIX)
    try:
        # Linux gives the socket's file the mode of the socket itself: never open to others, not even briefly.
        os.fchmod(server.fileno(), 0o600)
        with _short(path) as address:
            server.bind(address)
        server.listen()
    except OSError as error:
        server.close()
        raise FrameSocketError(
            f"The simulated camera cannot open {path}: {error.strerror or error}."
            " Check that its folder exists and may be written to."
        ) from error
    return server


def _remove_stale(path: Path) -> None:
    """A killed camera leaves its file behind; a living one keeps it."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX) as probe, _short(path) as address:
        try:
            probe.connect(address)
        except OSError:
            path.unlink(missing_ok=True)
            return
    raise FrameSocketError(f"Another simulated camera runs at {path}. Stop it, or give another folder.")


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """The same file under a name short enough: a socket's path has at most 107 bytes, a data folder may not.

    ``/proc/self/fd/N`` is the folder, opened: no change of directory, which the whole process would share.
    """
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
