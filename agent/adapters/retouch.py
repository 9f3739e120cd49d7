"""Ways to make a picture easier to read, each with the way back to its own pixels.

numpy where a few whole-array operations do it (a 3x3 blur of 800x450 takes 0.2 ms, Pillow's 2.2 ms), Pillow
where it has the loop in C (turning, the wide blur). OpenCV would be quicker still, for 36 MB more.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from agent.ports.camera import Luma

Back = tuple[float, float, float, float, float, float]
"""x = a u + b v + c, y = d u + e v + f: from a pixel of the changed picture to one of the first."""
UNMOVED: Back = (1, 0, 0, 0, 1, 0)

BACKGROUND_PX = 20
"""Reach of the blur that takes a code for background: wider than its widest bars."""
REDUCED = 4
PAPER = 140
"""What the background becomes, so that glare above it is not cut off."""
STRETCH = 4
ALONG_PX = 9
"""Rows that are averaged along upright bars: noise goes, and the bars' edges stay where they are."""
SHARPENED = 1.0
SHARPENED_REACH = 2
"""Undoes what lens and hand have blurred of bars of two pixels; their noise has to be gone before."""
LEVEL_DEG = 4.0
"""Bars that are as upright as this are read as they are."""
FINEST_DEG = 6
GREY = 128


@dataclass(frozen=True, slots=True)
class Retouched:
    luma: Luma
    back: Back = UNMOVED


Retouch = Callable[[Luma], Retouched | None]
"""``None``: there is nothing to gain here."""


def as_it_is(luma: Luma) -> Retouched:
    return Retouched(luma)


def enlarged(luma: Luma) -> Retouched:
    """Twice as large, for bars of a pixel; between two pixels lies their mean."""
    height, width = luma.shape
    wide = np.empty((height, 2 * width), np.uint8)
    wide[:, ::2] = luma
    wide[:, 1:-1:2] = _means(luma[:, :-1], luma[:, 1:])
    wide[:, -1] = luma[:, -1]
    large = np.empty((2 * height, 2 * width), np.uint8)
    large[::2] = wide
    large[1:-1:2] = _means(wide[:-1], wide[1:])
    large[-1] = wide[-1]
    return Retouched(large, (0.5, 0, 0, 0, 0.5, 0))


def _means(one: Luma, other: Luma) -> npt.NDArray[np.uint16]:
    total = np.add(one, other, dtype=np.uint16)
    total += 1
    total >>= 1
    return total


def halved(luma: Luma) -> Retouched | None:
    """Half as large, for a photograph with more pixels than its codes need."""
    if min(luma.shape) < 2:  # noqa: PLR2004  (nothing to halve)
        return None
    return Retouched(np.asarray(Image.fromarray(luma).reduce(2)), (2, 0, 0, 0, 2, 0))


def smoothed(luma: Luma) -> Retouched | None:
    """Weights 1 2 1 both ways: takes the noise and leaves bars of two pixels. Loses a rim of a pixel."""
    if min(luma.shape) < 3:  # noqa: PLR2004  (the reach of the weights)
        return None
    wide = luma.astype(np.uint16)
    rows = wide[:, :-2] + 2 * wide[:, 1:-1] + wide[:, 2:]
    total = rows[:-2] + 2 * rows[1:-1] + rows[2:]
    total += 8
    return Retouched((total >> 4).astype(np.uint8), (1, 0, 1, 0, 1, 1))


def flattened(luma: Luma) -> Retouched | None:
    """The background divided out of the smoothed picture: no shadow, no vignette, full contrast."""
    smooth = smoothed(luma)
    if smooth is None or min(smooth.luma.shape) < 2 * REDUCED:
        return None
    small = Image.fromarray(smooth.luma).reduce(REDUCED)
    size = (smooth.luma.shape[1], smooth.luma.shape[0])
    wide = small.filter(ImageFilter.BoxBlur(BACKGROUND_PX / REDUCED)).resize(size, Image.Resampling.BILINEAR)
    divided = smooth.luma * (np.float32(PAPER) / np.maximum(np.asarray(wide), 1))
    return Retouched(np.minimum(divided, 255).astype(np.uint8), smooth.back)


def averaged(luma: Luma) -> Retouched | None:
    """Each row the mean of those around it: of a barcode that stands upright nothing is lost but noise."""
    height, width = luma.shape
    if height < ALONG_PX or not width:
        return None
    sums = np.zeros((height + 1, width), np.uint32)
    np.cumsum(luma, axis=0, out=sums[1:])
    means = (sums[ALONG_PX:] - sums[:-ALONG_PX]) // ALONG_PX
    return Retouched(means.astype(np.uint8), (1, 0, 0, 0, 1, ALONG_PX // 2))


def sharpened(luma: Luma) -> Retouched | None:
    """Averaged, and each pixel moved away from those beside it: for bars that are out of focus."""
    mean = averaged(luma)
    if mean is None or mean.luma.shape[1] <= 2 * SHARPENED_REACH:
        return None
    levels = mean.luma.astype(np.float32)
    beside = np.pad(levels, ((0, 0), (SHARPENED_REACH + 1, SHARPENED_REACH)), mode="edge")
    sums = np.cumsum(beside, axis=1)
    span = 2 * SHARPENED_REACH + 1
    levels += SHARPENED * (levels - (sums[:, span:] - sums[:, :-span]) / span)
    return Retouched(np.clip(levels, 0, 255).astype(np.uint8), mean.back)


def stretched(luma: Luma) -> Retouched | None:
    """Flattened, and what differs from the background made to differ more: for print as pale as noise."""
    flat = flattened(luma)
    if flat is None:
        return None
    wide = (flat.luma.astype(np.int16) - PAPER) * STRETCH + PAPER
    return Retouched(np.clip(wide, 0, 255).astype(np.uint8), flat.back)


def inverted(luma: Luma) -> Retouched:
    """For a phone in dark mode: light modules on a dark ground."""
    return Retouched(~luma)


def turned(luma: Luma, degrees: float) -> Retouched:
    """Turned counterclockwise; the corners are grey."""
    height, width = luma.shape
    picture = Image.fromarray(luma).rotate(degrees, Image.Resampling.BILINEAR, expand=True, fillcolor=GREY)
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    middle_u, middle_v = picture.width / 2, picture.height / 2
    back = (
        cos, -sin, width / 2 - cos * middle_u + sin * middle_v,
        sin, cos, height / 2 - sin * middle_u - cos * middle_v,
    )  # fmt: skip
    return Retouched(np.asarray(picture), back)


def upright(luma: Luma) -> Retouched | None:
    """Turned so that the bars in it stand upright: engines read a Code 39 within ten degrees only."""
    degrees = bars_lean(luma)
    if degrees is None or abs(degrees) < LEVEL_DEG:
        return None
    return turned(luma, degrees)


def bars_lean(luma: Luma) -> float | None:
    """How far most of the parallel edges are turned, -90 to 90 degrees; ``None`` where there are none.

    Of each small cell the structure tensor tells the direction across its edges and whether it has just one.
    """
    cell = 16
    across, down = slopes(luma, every=2)
    rows, columns = (side // cell for side in across.shape) if across.size else (0, 0)
    if not rows or not columns:
        return None

    def in_cells(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        cut = values[: rows * cell, : columns * cell].reshape(rows, cell, columns, cell)
        total: npt.NDArray[np.float32] = cut.sum((1, 3))
        return total

    xx, yy, xy = in_cells(across * across), in_cells(down * down), in_cells(across * down)
    one_way = np.hypot(xx - yy, 2 * xy) / np.maximum(xx + yy, 1)
    degrees = np.degrees(0.5 * np.arctan2(2 * xy, xx - yy))
    weight = np.where(one_way > 0.5, np.sqrt(xx + yy) * one_way, 0)  # noqa: PLR2004  (more one way than not)
    if not weight.any():
        return None
    bins = (np.round(degrees / FINEST_DEG).astype(int) % (180 // FINEST_DEG)).ravel()
    votes = np.bincount(bins, weight.ravel(), 180 // FINEST_DEG)
    peak = int((votes + np.roll(votes, 1) + np.roll(votes, -1)).argmax()) * FINEST_DEG
    off = (degrees - peak + 90) % 180 - 90
    near = np.abs(off) < 2 * FINEST_DEG
    lean = peak + float((off * weight)[near].sum() / max(float(weight[near].sum()), 1e-9))
    return (lean + 90) % 180 - 90


def slopes(luma: Luma, *, every: int = 1) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """How steeply each ``every``-th pixel's surroundings rise to the right, and downwards.

    By Scharr's weights, which see fine bars as turned as they are. Those of the neighbours alone, or of a
    picture that leaves out pixels, see bars of two pixels turned twice as far.
    """
    wide = luma.astype(np.int16)

    def beside(right: int, below: int) -> npt.NDArray[np.int16]:
        height, width = wide.shape
        return wide[1 + below : height - 1 + below : every, 1 + right : width - 1 + right : every]

    corners = beside(1, 1) - beside(-1, -1), beside(1, -1) - beside(-1, 1)
    across = 10 * (beside(1, 0) - beside(-1, 0)) + 3 * (corners[0] + corners[1])
    down = 10 * (beside(0, 1) - beside(0, -1)) + 3 * (corners[0] - corners[1])
    return across.astype(np.float32), down.astype(np.float32)


def both(first: Retouch, second: Retouch) -> Retouch:
    """One after the other; where the first has nothing to do, the second alone."""

    def change(luma: Luma) -> Retouched | None:
        before = first(luma) or Retouched(luma)
        after = second(before.luma)
        return None if after is None else Retouched(after.luma, _through(after.back, before.back))

    return change


def _through(inner: Back, outer: Back) -> Back:
    a, b, c, d, e, f = outer
    p, q, r, s, t, u = inner
    return a * p + b * s, a * q + b * t, a * r + b * u + c, d * p + e * s, d * q + e * t, d * r + e * u + f


def back_to_first(
    place: tuple[int, int, int, int], back: Back, shape: tuple[int, ...]
) -> tuple[int, int, int, int]:
    """The box around ``place`` in the first picture, which has ``shape`` (height, width)."""
    left, top, right, bottom = place
    a, b, c, d, e, f = back
    corners = [(a * u + b * v + c, d * u + e * v + f) for u in (left, right) for v in (top, bottom)]
    across, down = [x for x, _ in corners], [y for _, y in corners]
    height, width = shape
    return (
        _within(min(across), 0, width - 1),
        _within(min(down), 0, height - 1),
        _within(max(across), 1, width),
        _within(max(down), 1, height),
    )


def _within(value: float, least: int, most: int) -> int:
    return round(min(max(value, least), most))
