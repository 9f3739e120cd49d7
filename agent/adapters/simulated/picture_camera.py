"""The Camera port on picture files: each is held up for a while, with an empty counter between."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image

from agent.adapters.pictures import PictureError, files_of, load_luma
from agent.adapters.simulated.camera import COUNTER, NOISY_FRAMES
from agent.adapters.simulated.scene import empty_counter
from agent.ports.camera import CameraLostError, Exposure, Luma


class PictureCamera:
    """Goes through ``files``, and those in folders, again and again from the moment it is opened."""

    def __init__(
        self, files: Sequence[Path], *, width: int, height: int, hold_s: float, gap_s: float
    ) -> None:
        self._files = files
        self._size = (width, height)
        self._hold_s = hold_s
        self._turn_s = hold_s + gap_s
        self._pictures: list[Luma] = []
        self._counter: list[Luma] = []
        self._since = 0.0
        self._asked = 0

    @property
    def name(self) -> str:
        return f"simulated ({len(self._pictures) or len(self._files)} pictures)"

    def open(self) -> None:
        if not self._files:
            raise CameraLostError("There is no picture to show. Give at least one picture file.")
        rng = np.random.default_rng(0)
        self._counter = [empty_counter(self._size, COUNTER, rng) for _ in range(NOISY_FRAMES)]
        try:
            files = [file for path in self._files for file in files_of(path)]
            self._pictures = [_fitted(load_luma(file), self._size) for file in files]
        except PictureError as error:
            raise CameraLostError(str(error)) from error
        self._since = time.monotonic()

    @contextmanager
    def frame(self, timeout_s: float) -> Iterator[Luma]:
        del timeout_s  # there is always a picture
        if not self._pictures:
            raise CameraLostError("The picture camera was asked for a frame before it was opened.")
        self._asked += 1
        turn, into_turn = divmod(time.monotonic() - self._since, self._turn_s)
        if into_turn < self._hold_s:
            yield self._pictures[int(turn) % len(self._pictures)]
        else:
            yield self._counter[self._asked % NOISY_FRAMES]

    def exposure(self) -> Exposure:
        return Exposure()

    def close(self) -> None:
        """Nothing is held."""


def _fitted(luma: Luma, size: tuple[int, int]) -> Luma:
    picture = Image.fromarray(luma)
    picture.thumbnail(size, Image.Resampling.LANCZOS)
    return np.asarray(picture)
