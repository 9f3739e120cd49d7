"""How sharp and how bright a frame is where cards are held: cheap enough for once a second."""

import numpy as np
import numpy.typing as npt

from agent.adapters.code_like import cut, guide_box
from agent.core.looking import Picture
from agent.ports.camera import Exposure, Luma

DARK, BLOWN = 16, 250
"""Grey levels: below the one nearly black, from the other on as white as can be."""
SPARSE, SUMMED = 8, 4
"""Of every eight rows four are added up: that halves the noise, and costs little of an edge that leans."""
REACH_PX = 6
"""An edge is looked for between two pixels so far on both sides of its middle."""
CLEAR = 40
"""Grey levels between its sides; less is no clear edge, or noise."""
LEAST_EDGES = 30
SHARPEST = 0.9
"""What the sharpest tenth of the edges falls above: a card lies before things that are farther away."""
EVERY_PX = 4


def checked(luma: Luma, exposure: Exposure) -> Picture:
    box = cut(luma, guide_box(luma.shape))
    few = box[::EVERY_PX, ::EVERY_PX]
    size = max(few.size, 1)
    return Picture(
        sharpness=_sharpness(box),
        dark=round(int(np.count_nonzero(few < DARK)) / size, 3),
        blown=round(int(np.count_nonzero(few >= BLOWN)) / size, 3),
        mean=round(float(few.mean()) if few.size else 0.0, 1),
        exposure_ms=exposure.exposure_ms,
        lux=exposure.lux,
    )


def _sharpness(box: Luma) -> float | None:
    rows, columns = box.shape[0] // SPARSE * SPARSE, box.shape[1]
    if not rows or columns <= 2 * REACH_PX:
        return None
    lines = box[:rows].reshape(-1, SPARSE, columns)[:, :SUMMED].sum(1, dtype=np.int16)
    heights = np.abs(lines[:, 2 * REACH_PX :] - lines[:, : -2 * REACH_PX])
    steps = _steepest(np.abs(np.diff(lines, axis=1)), 2 * REACH_PX)
    clear = heights >= CLEAR * SUMMED
    if np.count_nonzero(clear) < LEAST_EDGES:
        return None
    climbs = np.minimum(steps[clear] / heights[clear], 1.0)
    return round(float(np.quantile(climbs, SHARPEST)), 2)


def _steepest(steps: npt.NDArray[np.int16], width: int) -> npt.NDArray[np.int16]:
    """The largest of every ``width`` neighbours in a line."""
    # By windows of 1, 2, 4 ...: of each the next is two of them that overlap or touch.
    have, largest = 1, steps
    while have < width:
        by = min(have, width - have)
        largest = np.maximum(largest[:, :-by], largest[:, by:])
        have += by
    return largest
