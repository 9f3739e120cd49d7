"""How wide each bar and each space of a Code 39 is in the picture, measured anew once its text is known."""

import math
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from agent.adapters.code_like import Box
from agent.adapters.retouch import bars_lean, slopes
from agent.ports.camera import Luma

Widths = npt.NDArray[np.float64]
Wides = npt.NDArray[np.bool_]

ROOM_PX: Final = 4
LINES: Final = 7
SPREAD: Final = 0.8
"""Of half the code's height: how far from the middle the outermost line lies."""
ROWS: Final = (-2, -1, 0, 1, 2)
"""Pixel rows that are averaged for a line: takes noise, and no edge that stands across them."""
RIM: Final = 5
"""Modules looked at on either side of where an engine says that the code ends."""
USUAL_MODULES: Final = 14
"""Of a character with its gap: 13 to 16, as wide bars are two to three times as wide as narrow ones."""
FINEST: Final = 6
"""Samples a module, of a smooth curve through the pixels."""
NEAR: Final = 8
"""Modules to each side whose contrast says what is an edge."""
SHARPENED: Final = 0.6
SHARPENED_REACH: Final = 4
"""Two thirds of a module: undoes some of what lens and hand have blurred, which moves the edges of a
narrow space between two wide bars. More finds edges in noise."""
SHARES: Final = (0.12, 0.2, 0.3)
"""Of that contrast, what an edge must have; the more, the less noise is taken for one."""
LEAST_MODULE_PX: Final = 0.5
LEAST_SIDE_PX: Final = 2
"""There is nothing to look between in a narrower picture."""
LEAST_REACH_PX: Final = 3.0
PAPER: Final = 255
"""Beside the picture: a code may end where it does."""

# Bars and spaces in turn, the first to the left; 1 is wide.
_SYMBOLS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%*"
_PATTERNS: Final = (
    0x034, 0x121, 0x061, 0x160, 0x031, 0x130, 0x070, 0x025, 0x124, 0x064, 0x109, 0x049, 0x148, 0x019, 0x118,
    0x058, 0x00D, 0x10C, 0x04C, 0x01C, 0x103, 0x043, 0x142, 0x013, 0x112, 0x052, 0x007, 0x106, 0x046, 0x016,
    0x181, 0x0C1, 0x1C0, 0x091, 0x190, 0x0D0, 0x085, 0x184, 0x0C4, 0x0A8, 0x0A2, 0x08A, 0x02A, 0x094,
)  # fmt: skip
ELEMENTS: Final = 9
_WIDE: Final = {
    symbol: [bool(pattern >> (ELEMENTS - 1 - place) & 1) for place in range(ELEMENTS)]
    for symbol, pattern in zip(_SYMBOLS, _PATTERNS, strict=True)
}


def wides_of(text: str) -> Wides | None:
    """Which of the nine elements of each character are wide, with start and stop; ``None``: not Code 39's."""
    if not set(text) <= set(_SYMBOLS):
        return None
    return np.array([_WIDE[symbol] for symbol in f"*{text}*"])


def measured_widths(luma: Luma, place: Box, wides: Wides) -> Widths | None:
    """Of all elements and the gaps between characters, in pixels, from the text's beginning on.

    The median over the lines on which all bars can be told apart and are the text's; ``None``: on none.
    """
    left, top, right, bottom = place
    part = luma[max(top - ROOM_PX, 0) : bottom + ROOM_PX, max(left - ROOM_PX, 0) : right + ROOM_PX]
    for lean in (math.radians(bars_lean(part) or 0.0), _lean(part)):
        profiles, sample_px = _profiles(luma, place, lean, len(wides) * USUAL_MODULES)
        lines = [line for profile in profiles if (line := _read_along(profile, wides)) is not None]
        if lines:
            widths: Widths = np.median(lines, axis=0) * sample_px
            return widths
    return None


def _profiles(luma: Luma, place: Box, lean: float, modules: int) -> tuple[list[Widths], float]:
    """Grey levels along lines through the code, across its bars, and the pixels from one to the next."""
    left, top, right, bottom = place
    cos, sin = math.cos(lean), math.sin(lean)
    width, height = right - left, bottom - top
    # Of the box around a turned code.
    narrow = abs(cos) >= abs(sin)
    length = width / abs(cos) if narrow else height / abs(sin)
    across = (height - width * abs(sin / cos)) if narrow else (width - height * abs(cos / sin))
    reach = max(across / 2, LEAST_REACH_PX) * SPREAD
    module = length / modules
    if module < LEAST_MODULE_PX or min(luma.shape) < LEAST_SIDE_PX:
        return [], 0.0  # pyzbar names one end only, where it came along all lines from the same side
    pixel = max(module / FINEST, 1.0)
    finer = max(round(FINEST * pixel / module), 1)
    along = np.arange(-length / 2 - RIM * module, length / 2 + RIM * module + 3, pixel)
    down = (np.linspace(-reach, reach, LINES)[:, None] + np.array(ROWS)[None, :])[:, :, None]
    x = (left + right) / 2 + along * cos - down * sin
    y = (top + bottom) / 2 + along * sin + down * cos
    return [_sharpened(_finer(line, finer)) for line in _between(luma, x, y).mean(axis=1)], pixel / finer


def _lean(part: Luma) -> float:
    """Of the line across most edges, in radians from level: by the structure tensor of the whole part.

    For codes too small for the cells of ``bars_lean``.
    """
    across, down = slopes(part)
    xx, yy, xy = (
        float((one * other).sum()) for one, other in ((across, across), (down, down), (across, down))
    )
    return 0.5 * math.atan2(2 * xy, xx - yy)


def _between(luma: Luma, x: Widths, y: Widths) -> Widths:
    height, width = luma.shape
    beside = (x < 0) | (x > width - 1) | (y < 0) | (y > height - 1)
    x, y = np.clip(x, 0, width - 1.001), np.clip(y, 0, height - 1.001)
    i, j = x.astype(np.intp), y.astype(np.intp)
    to_right, to_below = x - i, y - j
    above = luma[j, i] * (1 - to_right) + luma[j, i + 1] * to_right
    below = luma[j + 1, i] * (1 - to_right) + luma[j + 1, i + 1] * to_right
    levels: Widths = above * (1 - to_below) + below * to_below
    levels[beside] = PAPER
    return levels


def _finer(line: Widths, times: int) -> Widths:
    """A smooth curve through the pixels: between two of them a straight one would move edges."""
    x = np.arange(1, len(line) - 2, 1 / times)
    i = x.astype(np.intp)
    t = x - i
    p, q, r, s = line[i - 1], line[i], line[i + 1], line[i + 2]
    curve: Widths = q + 0.5 * t * (r - p + t * (2 * p - 5 * q + 4 * r - s + t * (3 * (q - r) + s - p)))
    return curve


def _sharpened(profile: Widths) -> Widths:
    wider = np.pad(profile, SHARPENED_REACH, mode="edge")
    bent = wider[2 * SHARPENED_REACH :] - 2 * profile + wider[: -2 * SHARPENED_REACH]
    sharp: Widths = profile - SHARPENED * bent
    return sharp


def _read_along(profile: Widths, wides: Wides) -> Widths | None:
    near = NEAR * FINEST
    around = np.lib.stride_tricks.sliding_window_view(np.pad(profile, near, mode="edge"), 2 * near + 1)
    few = around[::FINEST]
    contrast = np.repeat(few.max(axis=1) - few.min(axis=1), FINEST)[: len(profile)]
    for share in SHARES:
        edges, rises = _edges(profile, share * contrast)
        if (found := _matching(np.diff(edges), rises, wides)) is not None:
            return found
    return None


def _edges(profile: Widths, least: Widths) -> tuple[Widths, list[bool]]:
    """Half way between a light and a dark extreme that differ by ``least``; and which go to the light."""
    steps = np.diff(profile)
    turns = [0, *(np.flatnonzero(steps[1:] * steps[:-1] <= 0) + 1).tolist(), len(profile) - 1]
    whole = profile.tolist()
    levels = [whole[turn] for turn in turns]
    needed = least[turns].tolist()
    extremes = [0]
    last, rising = 0, 0
    for turn in range(1, len(turns)):
        change = levels[turn] - levels[last]
        if rising == 0:
            if abs(change) > needed[turn]:
                rising, last = (1 if change > 0 else -1), turn
        elif rising * change > 0:
            last = turn
        elif -rising * change > needed[turn]:
            extremes.append(last)
            rising, last = -rising, turn
    extremes.append(last)
    edges, rises = [], []
    for one, other in pairwise(extremes):
        rises.append(levels[other] > levels[one])
        edges.append(_crossing(whole, turns[one], turns[other]))
    return np.array(edges), rises


def _crossing(levels: list[float], begin: int, end: int) -> float:
    """Where the way from ``begin`` to ``end`` is half done for the first time."""
    half = (levels[begin] + levels[end]) / 2
    rising = levels[end] > half
    at = begin
    while (levels[at + 1] < half) == rising and at + 1 < end:
        at += 1
    step = levels[at + 1] - levels[at]
    return at + ((half - levels[at]) / step if step else 0.5)


def _matching(widths: Widths, rises: list[bool], wides: Wides) -> Widths | None:
    """The stretch of ``widths`` that reads as the text, on or backwards: its wides are the wider ones."""
    needed = len(wides) * (ELEMENTS + 1) - 1
    if len(widths) < needed:
        return None
    starts = [start for start in range(len(widths) - needed + 1) if not rises[start]]
    if not starts:
        return None
    rows = np.lib.stride_tricks.sliding_window_view(widths, needed)[starts]
    for line in (rows, rows[:, ::-1]):
        characters = in_characters(line)
        least_wide = np.where(wides, characters, np.inf).min(axis=2)
        most_narrow = np.where(wides, -np.inf, characters).max(axis=2)
        fits = np.flatnonzero((least_wide > most_narrow).all(axis=1))
        if fits.size:
            found: Widths = line[int(fits[0])]
            return found
    return None


def in_characters(widths: Widths) -> Widths:
    """The last axis as characters of nine elements, without the gaps between them."""
    filled = np.concatenate([widths, np.zeros((*widths.shape[:-1], 1))], axis=-1)
    return filled.reshape(*widths.shape[:-1], -1, ELEMENTS + 1)[..., :ELEMENTS]
