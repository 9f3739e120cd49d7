"""A decoder that looks at the picture twice as large: finds codes whose bars are a pixel wide."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from agent.ports.camera import Luma
from agent.ports.decoder import Decoder, Found

FACTOR = 2
MAX_PIXELS = 2_000_000
"""Above this a picture has pixels enough, and twice as many would only cost time and memory."""


class EnlargedDecoder:
    def __init__(self, inner: Decoder) -> None:
        self._inner = inner

    @property
    def name(self) -> str:
        return f"{self._inner.name} x{FACTOR}"

    def decode(self, luma: Luma) -> Sequence[Found]:
        height, width = luma.shape
        if not 0 < luma.size <= MAX_PIXELS:
            return ()
        large = Image.fromarray(luma).resize((width * FACTOR, height * FACTOR), Image.Resampling.BICUBIC)
        return tuple(_at_first_size(found) for found in self._inner.decode(np.asarray(large)))


def _at_first_size(found: Found) -> Found:
    left, top, right, bottom = (edge // FACTOR for edge in found.place)
    return Found(found.text, found.symbology, (left, top, right, bottom))
