"""A picture from the hold-a-card page made a camera's frame: in memory only, and bounded."""

import base64
import binascii
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from agent.adapters.pictures import PictureError, load_luma
from agent.ports.camera import Luma

MAX_PICTURE_BYTES: Final = 8 * 1024 * 1024
TOO_LARGE: Final = ("Kuva on liian suuri. Enintään 8 Mt.", "The picture is too large. 8 MB at most.")
FRAME: Final = (1280, 720)
_GROUND: Final = 128


class NotAPictureError(Exception):
    """It cannot be shown to the camera. The text, in Finnish and English, holds nothing of it."""

    def __init__(self, fi: str, en: str) -> None:
        super().__init__(fi)
        self.fi = fi
        self.en = en


def frame_of(base64_text: str) -> Luma:
    """Raises :class:`NotAPictureError`."""
    if len(base64_text) > MAX_PICTURE_BYTES * 4 // 3 + 4:
        raise NotAPictureError(*TOO_LARGE)
    try:
        data = base64.b64decode(base64_text, validate=True)
    except (binascii.Error, ValueError):
        raise NotAPictureError("Tämä ei ole kuva.", "This is not a picture.") from None
    try:
        with _in_memory(data) as path:
            return _fitted(load_luma(path))
    except PictureError:
        raise NotAPictureError(
            "Tätä kuvaa ei voi avata. Käytä PNG- tai JPEG-kuvaa.",
            "This picture cannot be opened. Use a PNG or JPEG.",
        ) from None


@contextmanager
def _in_memory(data: bytes) -> Iterator[Path]:
    """A file without a place on any disk: what the agent's reader takes, and nothing is stored."""
    with os.fdopen(os.memfd_create("picture"), "wb") as file:
        file.write(data)
        file.flush()
        yield Path(f"/proc/self/fd/{file.fileno()}")


def _fitted(luma: Luma) -> Luma:
    """As large as it fits into the frame, on plain grey."""
    picture = Image.fromarray(luma)
    scale = min(FRAME[0] / picture.width, FRAME[1] / picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    frame = Image.new("L", FRAME, _GROUND)
    place = ((FRAME[0] - size[0]) // 2, (FRAME[1] - size[1]) // 2)
    frame.paste(picture.resize(size, Image.Resampling.LANCZOS), place)
    return np.asarray(frame)
