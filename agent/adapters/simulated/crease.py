"""A card that is not flat any more: its bars stand where a bend, a fold or bulges have put them.

What no other damage does: the same wrong widths in every frame, so that a misread is the same each time.
"""

from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from agent.adapters.simulated.scene import Place

Crease = Literal["bulge", "fold", "bend"]

BULGE_MODULES: Final = 4.0
"""Reach of a bulge to each side."""
BULGES: Final = (1, 3)
LEAST_BULGE: Final = 0.2
"""The flattest one, as a share of the level."""
FOLD_MODULES: Final = (3.0, 14.0)
"""Width of the strip between the two edges of a fold."""

Across = npt.NDArray[np.float64]


def creased(
    thing: Image.Image, code: Place, module_px: float, kind: Crease, level: float, fixed: np.random.Generator
) -> Image.Image:
    """``thing`` with its columns shifted, where its ``code`` lies.

    ``bulge``: one to three, which shift bars by up to ``level`` modules · ``fold``: a strip that is tilted by
    ``level`` degrees · ``bend``: a cylinder whose ends are tilted by as many.
    """
    left, _, right, _ = code
    across = np.arange(thing.width, dtype=np.float64)
    match kind:
        case "bulge":
            seen = _bulges(across, (left, right), module_px, level, fixed)
        case "fold":
            seen = _fold(across, (left, right), module_px, level, fixed)
        case "bend":
            seen = _bend(across, (left + right) / 2, thing.width / 2, level)
    return _columns(thing, seen)


def _bulges(
    across: Across, code: tuple[float, float], module_px: float, level: float, fixed: np.random.Generator
) -> Across:
    seen = across
    for _ in range(int(fixed.integers(BULGES[0], BULGES[1] + 1))):
        middle, shift = fixed.uniform(*code), fixed.uniform(LEAST_BULGE, 1) * level * module_px
        seen = seen + shift * np.exp(-(((seen - middle) / (BULGE_MODULES * module_px)) ** 2))
    return seen


def _fold(
    across: Across, code: tuple[float, float], module_px: float, level: float, fixed: np.random.Generator
) -> Across:
    width = fixed.uniform(*FOLD_MODULES) * module_px
    begin = fixed.uniform(code[0], code[1] - width)
    hidden = float(1 / np.cos(np.radians(level)) - 1)
    seen: Across = across + hidden * np.clip(across - begin, 0, width)
    return seen


def _bend(across: Across, middle: float, half: float, level: float) -> Across:
    """Columns of equal angle, seen from afar."""
    most = np.radians(level)
    along = np.clip((across - middle) / half * np.sin(most), -1, 1)
    seen: Across = middle + np.arcsin(along) / most * half
    return seen


def _columns(thing: Image.Image, seen: Across) -> Image.Image:
    """Each column taken from where ``seen`` says, between two."""
    pixels = np.asarray(thing.convert("L"), dtype=np.float32)
    seen = np.clip(seen, 0, thing.width - 1.001)
    whole = seen.astype(np.intp)
    share = (seen - whole).astype(np.float32)
    bent = pixels[:, whole] * (1 - share) + pixels[:, whole + 1] * share
    return Image.fromarray(bent.astype(np.uint8))
