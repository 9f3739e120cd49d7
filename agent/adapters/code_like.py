"""Where in the picture something may be a code: many edges close together. Cheap, and often wrong."""

import numpy as np
import numpy.typing as npt

from agent.ports.camera import Luma

Mask = npt.NDArray[np.bool_]
Lines = npt.NDArray[np.int16]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""

GUIDE_WIDTH, GUIDE_HEIGHT = 0.8, 0.92
"""The part of the picture, around its middle, in which a card is held."""
CELL_PX = 32
SUMMED, SPARSE = 4, 8
"""Of every eight pixel rows (and columns) four are added up, which halves the noise, and four left out."""
EDGE_LEVELS = 6.0
QUIET_TIMES = 7.0
"""Times the quarter of all differences: 2.2 standard deviations, above which is 3 % of mere noise."""
BUSY_SHARE = 0.28
"""Of a cell's pixels on edges; a single blurred edge through it has a quarter."""
LEAST_CELLS = 3
MARGIN_PX = 48
SAME_SHARE = 0.55


def guide_box(shape: tuple[int, ...]) -> Box:
    height, width = shape
    across, down = round(width * (1 - GUIDE_WIDTH) / 2), round(height * (1 - GUIDE_HEIGHT) / 2)
    return across, down, width - across, height - down


def cut(luma: Luma, box: Box) -> Luma:
    """A view."""
    left, top, right, bottom = box
    return luma[top:bottom, left:right]


def code_like(luma: Luma) -> Mask:
    """The cells of ``CELL_PX`` that are; a rim that fills no cell is left out."""
    rows, columns = (side // CELL_PX for side in luma.shape)
    if not rows or not columns:
        return np.zeros((rows, columns), np.bool_)
    whole = luma[: rows * CELL_PX, : columns * CELL_PX]
    busy = np.maximum(_busy_along(_four_rows(whole)), _busy_along(_four_columns(whole)).T)
    mask: Mask = busy > BUSY_SHARE * CELL_PX * CELL_PX / SPARSE
    return mask


def without(mask: Mask, known: Mask | None) -> Mask:
    """Less what always hangs there."""
    return mask & ~known if known is not None and known.shape == mask.shape else mask


def stays(now: Mask, before: Mask) -> bool:
    """Whether what is here was here ``before``: what is held stays, what walks by does not."""
    if before.shape != now.shape or int(now.sum()) < LEAST_CELLS:
        return False
    return int((before & now).sum()) >= SAME_SHARE * int((before | now).sum())


def around(mask: Mask, shape: tuple[int, ...]) -> Box | None:
    """The box of all cells with a margin, in a picture of ``shape``; ``None`` where there are too few."""
    if int(mask.sum()) < LEAST_CELLS:
        return None
    height, width = shape
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return (
        max(int(columns[0]) * CELL_PX - MARGIN_PX, 0),
        max(int(rows[0]) * CELL_PX - MARGIN_PX, 0),
        min((int(columns[-1]) + 1) * CELL_PX + MARGIN_PX, width),
        min((int(rows[-1]) + 1) * CELL_PX + MARGIN_PX, height),
    )


def _four_rows(whole: Luma) -> Lines:
    """Sums of four rows of every eight."""
    lines = np.add(whole[0::SPARSE], whole[1::SPARSE], dtype=np.int16)
    lines += whole[2::SPARSE]
    lines += whole[3::SPARSE]
    return lines


def _four_columns(whole: Luma) -> Lines:
    """Sums of four columns of every eight, as lines."""
    lines = np.add(whole[:, 0::SPARSE], whole[:, 1::SPARSE], dtype=np.int16)
    lines += whole[:, 2::SPARSE]
    lines += whole[:, 3::SPARSE]
    return np.ascontiguousarray(lines.T)


def _busy_along(lines: Lines) -> npt.NDArray[np.int32]:
    """How many of each cell's pixels are on edges, where a line bends by more than noise."""
    # Twice the middle against both sides: a ramp, such as the blurred edge of a wall, gives nothing.
    steps = lines[:, 2:-2] * np.int16(2)
    steps -= lines[:, 4:]
    steps -= lines[:, :-4]
    np.abs(steps, out=steps)
    few = steps[::2, ::8].ravel()
    quiet = float(np.partition(few, few.size // 4)[few.size // 4])
    edges = np.zeros(lines.shape, np.uint8)
    np.greater(steps, max(EDGE_LEVELS * SUMMED, QUIET_TIMES * quiet), out=edges[:, 2:-2].view(np.bool_))
    per_cell = CELL_PX // SPARSE
    tall = edges.reshape(-1, per_cell, lines.shape[1]).sum(1, dtype=np.uint8)
    cells: npt.NDArray[np.int32] = tall.reshape(len(tall), -1, CELL_PX).sum(2, dtype=np.int32)
    return cells
