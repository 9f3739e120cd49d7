"""Whether anything in the picture has changed since it was last looked at: for less than a tenth of a look.

A sixteenth of the pixels is summed up in cells of 16 x 16 (numpy takes them as a strided view), and
these in blocks of four by four, and in all squares of four blocks: a small bright thing shows in a cell, a
pale one in a block, and a card in the dark, paler than the noise, in a square.
"""

import numpy as np
import numpy.typing as npt

from agent.ports.camera import Luma

CELL_PX = 16
ROWS, COLUMNS = 4, 4
"""Of a cell, so many are looked at. With half of the rows a card in the dark would be missed."""
BLOCK = 4
SIGMAS, BLOCK_SIGMAS, SQUARE_SIGMAS = 5.0, 4.5, 5.0
LEAST = 2.0
"""Grey levels of a cell's mean; less is the flicker of a lamp, or nothing that could be read."""
LEAST_SQUARE = 1.5
MANY = 1000
"""Of so many every second is enough to know the noise by."""
QUIET_SHARE = 0.3
QUIET_SIGMAS = 0.385
"""Of a normal distribution, 30 % lies within so many standard deviations: what moves hardly changes that."""

Cells = npt.NDArray[np.float32]


class Stirring:
    """Compares with the picture that was last kept."""

    def __init__(self) -> None:
        self._kept: Cells | None = None
        self._now: Cells | None = None

    def moved(self, luma: Luma) -> bool:
        """Whether ``luma`` differs from the picture kept last, by more than light and noise."""
        self._now = _cells(luma)
        if self._kept is None or self._kept.shape != self._now.shape or not self._now.size:
            return True
        change = self._now - self._kept
        # A lamp, or the camera's exposure, changes everything alike.
        change -= _median(change)
        noise = _noise(change)
        return _stands_out(change, max(LEAST, SIGMAS * noise), 2) or _pale_stands_out(_blocks(change), noise)

    def keep(self) -> None:
        """The picture asked about last is what further ones are compared with."""
        self._kept = self._now


def _cells(luma: Luma) -> Cells:
    """Each cell's mean; a rim that fills no cell is left out."""
    rows, columns = (side // CELL_PX for side in luma.shape)
    down, across = CELL_PX // ROWS, CELL_PX // COLUMNS
    sampled = luma[down // 2 : rows * CELL_PX : down, across // 2 : columns * CELL_PX : across]
    # The rows first, along whole lines: five times as quick as both at once.
    tall = sampled.reshape(rows, ROWS, columns * COLUMNS).sum(1, dtype=np.uint16)
    cells: Cells = tall.reshape(rows, columns, COLUMNS).sum(2, dtype=np.uint16).astype(np.float32)
    cells /= ROWS * COLUMNS
    return cells


def _median(change: Cells) -> float:
    """Of every second row: near enough, and half the work."""
    few = change[::2].ravel()
    return float(np.partition(few, few.size // 2)[few.size // 2])


def _blocks(change: Cells) -> Cells:
    rows, columns = (side // BLOCK for side in change.shape)
    cut = change[: rows * BLOCK, : columns * BLOCK]
    blocks: Cells = cut.reshape(rows, BLOCK, columns, BLOCK).mean((1, 3))
    return blocks


def _pale_stands_out(blocks: Cells, cell_noise: float) -> bool:
    # Of things that have nothing to do with each other the mean's noise is less by the root of their number.
    noise = max(_noise(blocks), cell_noise / BLOCK)
    if _stands_out(blocks, max(LEAST, BLOCK_SIGMAS * noise), 1):
        return True
    pairs = np.add(blocks[:-1], blocks[1:], dtype=np.float32)
    squares = np.add(pairs[:, :-1], pairs[:, 1:], dtype=np.float32)
    squares /= 4
    return _stands_out(squares, max(LEAST_SQUARE, SQUARE_SIGMAS * noise / 2), 1)


def _stands_out(change: Cells, least: float, cells: int) -> bool:
    return int((np.abs(change) > least).sum()) >= cells


def _noise(change: Cells) -> float:
    """Standard deviation of what does not move."""
    if not change.size:
        return 0.0
    few = np.abs(change[::2] if change.size > MANY else change).ravel()
    quiet = int(few.size * QUIET_SHARE)
    return float(np.partition(few, quiet)[quiet]) / QUIET_SIGMAS
