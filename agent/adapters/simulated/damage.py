"""What happens to a card between hand and sensor, kind by kind and level by level: the damage ladder.

Blurs are lengths in modules of the code, so a level means the same for a QR and for a Code 39.
"""

import io
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from agent.adapters.simulated.crease import creased
from agent.adapters.simulated.scene import Place, Plane, Pose, plane_with
from agent.ports.camera import Luma

Kind = Literal[
    "tilt", "turn", "defocus", "motion", "noise", "lowlight", "contrast", "glare", "shadow", "finger", "jpeg",
    "screen", "bulge", "fold", "bend",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Damage:
    """One rung; the level's unit depends on the kind.

    ``tilt``, ``turn``: degrees, out of and in the picture's plane · ``defocus``: radius of the blur's disc,
    ``motion``: length of its line, both in modules · ``noise``: standard deviation of 255, at 0.6 of the
    light · ``lowlight``: share of the light that is left, with a noise of 6 · ``contrast``: share that is
    left · ``glare``, ``finger``: share of the code that is burnt out or covered · ``shadow``: share of the
    light that is taken, with an edge over the code · ``jpeg``: quality · ``screen``: depth of a phone
    screen's rolling bands · ``bulge``, ``fold``, ``bend``: see :func:`creased`.
    """

    kind: Kind
    level: float

    def __str__(self) -> str:
        return f"{self.kind} {self.level:g}"


_LEVELS: Final[dict[Kind, tuple[float, ...]]] = {
    "tilt": (45, 60),
    "turn": (15, 40),
    "defocus": (0.85, 1.0),
    "motion": (1.5, 2.0),
    "noise": (10, 20),
    "lowlight": (0.2, 0.1),
    "contrast": (0.1, 0.06),
    "glare": (0.1, 0.2),
    "shadow": (0.5, 0.7, 0.9),
    "finger": (0.1, 0.2),
    "jpeg": (12, 8),
    "screen": (0.5, 0.8),
    "bulge": (0.5, 1.0),
    "fold": (20, 35),
    "bend": (30, 50),
}
LADDER: Final = tuple(Damage(kind, level) for kind, levels in _LEVELS.items() for level in levels)
"""Measured on the way: where plain engines begin to fail, and where they do."""

LENS: Final = 0.35
"""Radius of the blur that every frame has, in modules."""
NOISE: Final = 2.0
"""Every frame has some of this, too."""
INK: Final = 0.8
"""What is left of the contrast of black on white: ink is not black, nor paper white."""
SHADOW_EDGE_PX: Final = 6.0
BAND_PX: Final = 150.0
"""From one dark band of a screen to the next."""
SKIN: Final = 120.0


@dataclass(frozen=True, slots=True)
class Held:
    """Something flat that is held up, with the code that matters on it."""

    thing: Image.Image
    code: Place
    """Where the code lies on ``thing``, in its pixels."""
    module_px: float
    """Width of the code's module in ``thing``'s pixels."""


def damaged(
    held: Held, pose: Pose, damage: Damage, size: tuple[int, int], rng: np.random.Generator, chance: int
) -> Luma:
    """One frame.

    ``chance`` is the seed of what stays while a card is held: where a shadow falls, where the finger is;
    ``rng`` gives what is new in each frame, such as noise.
    """
    fixed = np.random.default_rng(chance)
    pose = _posed(pose, damage, fixed)
    thing = held.thing
    if damage.kind in ("bulge", "fold", "bend"):
        thing = creased(thing, held.code, held.module_px, damage.kind, damage.level, fixed)
    plane, code, scale = plane_with(thing, pose, size, held.code)
    module_px = held.module_px * scale
    plane = _convolved(25 + plane * np.float32(INK), _disc(LENS * module_px))
    plane = _changed(plane, code, module_px, damage, fixed, rng)
    if damage.kind not in ("noise", "lowlight"):
        plane += NOISE * rng.standard_normal(plane.shape, dtype=np.float32)
    luma = np.clip(plane, 0, 255).astype(np.uint8)
    return _jpeg(luma, round(damage.level)) if damage.kind == "jpeg" else luma


def _posed(pose: Pose, damage: Damage, fixed: np.random.Generator) -> Pose:
    sign = fixed.choice((-1, 1))
    if damage.kind == "tilt":
        angle = pose.tilt_y + sign * damage.level
        return replace(pose, tilt_y=float(angle))
    if damage.kind == "turn":
        return replace(pose, turn=float(pose.turn + sign * damage.level))
    return pose


def _changed(  # noqa: C901, PLR0911  (a kind, a line)
    plane: Plane, code: Place, module_px: float, damage: Damage,
    fixed: np.random.Generator, rng: np.random.Generator,
) -> Plane:  # fmt: skip
    level = damage.level
    match damage.kind:
        case "defocus":
            return _convolved(plane, _disc(level * module_px))
        case "motion":
            return _convolved(plane, _line(level * module_px, fixed.uniform(0, 180)))
        case "noise":
            return _noisy(plane, 0.6, level, rng)
        case "lowlight":
            return _noisy(plane, level, 6.0, rng)
        case "contrast":
            return 110 + (plane - 150) * np.float32(level)
        case "glare":
            return _glare(plane, code, level, fixed)
        case "shadow":
            return _shadow(plane, code, level, fixed)
        case "finger":
            return _finger(plane, code, level, fixed)
        case "screen":
            return _bands(plane, code, level, rng)
        case "tilt" | "turn" | "jpeg" | "bulge" | "fold" | "bend":
            return plane


def _noisy(plane: Plane, light: float, sigma: float, rng: np.random.Generator) -> Plane:
    return plane * np.float32(light) + np.float32(sigma) * rng.standard_normal(plane.shape, dtype=np.float32)


def _glare(plane: Plane, code: Place, share: float, fixed: np.random.Generator) -> Plane:
    """A lamp's reflection: burnt out in the middle, fading around."""
    left, top, right, bottom = code
    centre = fixed.uniform((left, top), (right, bottom))
    radius = np.sqrt(share * (right - left) * (bottom - top) / np.pi)
    away = _distance(plane, centre, (1.0, 1.0)) / radius
    lit: Plane = (plane + 255 / (1 + np.exp(np.minimum((away - 1) * 6, 30)))).astype(np.float32)
    return lit


def _shadow(plane: Plane, code: Place, taken: float, fixed: np.random.Generator) -> Plane:
    """Somebody's arm in the light: an edge at any angle through the code."""
    left, top, right, bottom = code
    centre = fixed.uniform((left, top), (right, bottom))
    angle = fixed.uniform(0, 2 * np.pi)
    down, across = _grid(plane)
    edge = (across - centre[0]) * np.cos(angle) + (down - centre[1]) * np.sin(angle)
    lit = 1 / (1 + np.exp(np.clip(-edge / SHADOW_EDGE_PX, -30, 30)))
    shaded: Plane = (plane * (1 - np.float32(taken) * lit)).astype(np.float32)
    return shaded


def _finger(plane: Plane, code: Place, share: float, fixed: np.random.Generator) -> Plane:
    """A thumb over the edge, from above or from below."""
    left, top, right, bottom = code
    # Half an ellipse, twice as long as it is wide, covers the share.
    half_width = np.sqrt(share * (right - left) * (bottom - top) / np.pi)
    reach = min(2 * half_width, (bottom - top) * 0.7)
    half_width = 2 * share * (right - left) * (bottom - top) / np.pi / reach
    edge = fixed.choice((top, bottom))
    centre = np.array((fixed.uniform(left, right), edge))
    away = _distance(plane, centre, (half_width, reach))
    cover = 1 / (1 + np.exp(np.clip((away - 1) * 25, -30, 30)))
    covered: Plane = (plane * (1 - cover) + SKIN * cover).astype(np.float32)
    return covered


def _bands(plane: Plane, code: Place, depth: float, rng: np.random.Generator) -> Plane:
    """A screen that dims in turns meets a shutter that rolls: dark bands, elsewhere in each frame."""
    left, top, right, bottom = (round(edge) for edge in code)
    rim = (bottom - top) // 3
    down, _ = _grid(plane)
    bands = 1 - depth * (0.5 + 0.5 * np.sin(down * (2 * np.pi / BAND_PX) + rng.uniform(0, 2 * np.pi)))
    rows = slice(max(top - rim, 0), max(bottom + rim, 0))
    plane[rows, max(left - rim, 0) : max(right + rim, 0)] *= bands.astype(np.float32)[rows]
    return plane


def _jpeg(luma: Luma, quality: int) -> Luma:
    file = io.BytesIO()
    Image.fromarray(luma).save(file, "JPEG", quality=quality)
    with Image.open(file) as picture:
        return np.asarray(picture.convert("L"))


def _grid(plane: Plane) -> tuple[Plane, Plane]:
    down, across = np.ogrid[: plane.shape[0], : plane.shape[1]]
    return down.astype(np.float32), across.astype(np.float32)


def _distance(plane: Plane, centre: npt.NDArray[np.float64], axes: tuple[float, float]) -> Plane:
    down, across = _grid(plane)
    away: Plane = np.hypot((across - centre[0]) / axes[0], (down - centre[1]) / axes[1]).astype(np.float32)
    return away


def _disc(radius: float) -> Plane:
    """A blur's kernel; the rim's pixels count by how far they are inside."""
    reach = int(np.ceil(radius))
    down, across = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc: Plane = np.clip(radius + 0.5 - np.hypot(down, across), 0, 1).astype(np.float32)
    disc /= disc.sum()
    return disc


def _line(length: float, degrees: float) -> Plane:
    reach = int(np.ceil(length / 2))
    line = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for step in np.linspace(-length / 2, length / 2, 8 * reach + 1):
        x, y = step * np.cos(np.radians(degrees)) + reach, step * np.sin(np.radians(degrees)) + reach
        left, top = int(x), int(y)
        for column, row, share in (
            (left, top, (left + 1 - x) * (top + 1 - y)),
            (left + 1, top, (x - left) * (top + 1 - y)),
            (left, top + 1, (left + 1 - x) * (y - top)),
            (left + 1, top + 1, (x - left) * (y - top)),
        ):
            if share > 0 and column < line.shape[1] and row < line.shape[0]:
                line[row, column] += share
    line /= line.sum()
    return line


def _convolved(plane: Plane, kernel: Plane) -> Plane:
    reach = kernel.shape[0] // 2
    height, width = plane.shape
    padded = np.pad(plane, reach, mode="edge")
    total = np.zeros_like(plane)
    for (row, column), share in np.ndenumerate(kernel):
        if share:
            total += share * padded[row : row + height, column : column + width]
    return total
