"""What a camera at an entrance would see: a counter, and before it something flat in a hand."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from agent.adapters.simulated.card_picture import PX_PER_MM
from agent.ports.camera import Luma

Plane = npt.NDArray[np.float32]
Corners = npt.NDArray[np.float64]
Place = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""

VIEW_MM: Final = 260.0
"""Width of what the camera sees at the marked spot."""
FOCAL: Final = 1.1
"""Focal length in frame widths: a lens of about 49 degrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """How something flat is held. Lengths in frame widths from the middle, angles in degrees."""

    x: float = 0.0
    y: float = 0.0
    nearer: float = 1.0
    """2.0 is at half the distance of the marked spot, so twice as large."""
    turn: float = 0.0
    tilt_x: float = 0.0
    tilt_y: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """What light and lens make of a scene."""

    gain: float = 1.0
    gradient: float = 0.0
    """How much darker the right side is than the left, 0 to 1."""
    shadow: float = 0.0
    """How much darker it is where somebody stands in the light, 0 to 1."""
    defocus_px: float = 0.0
    noise: float = 2.0
    """Standard deviation in grey levels."""


def empty_counter(size: tuple[int, int], light: Light, rng: np.random.Generator) -> Luma:
    return exposed(counter(size), light, rng)


def held_up(
    thing: Image.Image, pose: Pose, size: tuple[int, int], light: Light, rng: np.random.Generator
) -> Luma:
    """``thing``, drawn with ``PX_PER_MM``, before the counter."""
    scene = counter(size)
    _lay_over(scene, thing.convert("L"), _corners(thing.size, pose, size))
    return exposed(scene, light, rng)


def plane_with(
    thing: Image.Image, pose: Pose, size: tuple[int, int], code: Place
) -> tuple[Plane, Place, float]:
    """``thing`` before the counter in even light, where its ``code`` lies, and pixels for each of its own.

    The last is of a card held straight: a tilt makes fewer of them.
    """
    scene = counter(size)
    thing = thing.convert("L")
    corners = _corners(thing.size, pose, size)
    _lay_over(scene, thing, corners)
    middle = np.array(thing.size) / 2
    left, top, right, bottom = code
    on_thing = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    seen = _seen((on_thing - middle) / PX_PER_MM / VIEW_MM, pose, size)
    low, high = seen.min(axis=0), seen.max(axis=0)
    place = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return np.array(scene, dtype=np.float32), place, pose.nearer * size[0] / VIEW_MM / PX_PER_MM


def counter(size: tuple[int, int]) -> Image.Image:
    """A wall with a notice, the edge of a counter, and something that stands on it."""
    width, height = size
    counter = Image.new("L", size, 168)
    counter.paste(96, (0, int(height * 0.72), width, height))
    counter.paste(60, (int(width * 0.86), int(height * 0.3), int(width * 0.95), int(height * 0.8)))
    counter.paste(200, (int(width * 0.04), int(height * 0.08), int(width * 0.2), int(height * 0.34)))
    return counter.filter(ImageFilter.BoxBlur(width / 200))


def _corners(thing_px: tuple[int, int], pose: Pose, size: tuple[int, int]) -> Corners:
    """Where the thing's corners fall in the frame, in pixels, from its top left one clockwise."""
    half_w, half_h = (side / PX_PER_MM / VIEW_MM / 2 for side in thing_px)
    flat = np.array([(-half_w, -half_h), (half_w, -half_h), (half_w, half_h), (-half_w, half_h)])
    return _seen(flat, pose, size)


def _seen(flat: Corners, pose: Pose, size: tuple[int, int]) -> Corners:
    """Points of the thing, in frame widths from its middle, as pixels of the frame."""
    space = np.hstack([flat, np.zeros((len(flat), 1))]) @ _rotation(pose).T
    seen = space[:, :2] * (FOCAL / (FOCAL / pose.nearer + space[:, 2:]))
    width, height = size
    corners: Corners = (seen + np.array((pose.x, pose.y))) * width + np.array((width / 2, height / 2))
    return corners


def _rotation(pose: Pose) -> npt.NDArray[np.float64]:
    sin_x, cos_x, sin_y, cos_y, sin_z, cos_z = (
        part(math.radians(angle))
        for angle in (pose.tilt_x, pose.tilt_y, pose.turn)
        for part in (math.sin, math.cos)
    )
    about_x = np.array([(1, 0, 0), (0, cos_x, -sin_x), (0, sin_x, cos_x)])
    about_y = np.array([(cos_y, 0, sin_y), (0, 1, 0), (-sin_y, 0, cos_y)])
    about_z = np.array([(cos_z, -sin_z, 0), (sin_z, cos_z, 0), (0, 0, 1)])
    rotation: npt.NDArray[np.float64] = about_x @ about_y @ about_z
    return rotation


def _lay_over(scene: Image.Image, thing: Image.Image, corners: Corners) -> None:
    left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    right, bottom = np.minimum(np.ceil(corners.max(axis=0)).astype(int), scene.size)
    if left >= right or top >= bottom:
        return
    # Scaled close to its size in the frame first: a perspective transform alone does not smooth.
    longest = max(math.dist(corners[0], corners[1]), math.dist(corners[2], corners[3]))
    scale = min(1.0, 1.3 * longest / thing.width)
    thing = thing.resize(
        (max(1, round(thing.width * scale)), max(1, round(thing.height * scale))), Image.Resampling.LANCZOS
    )
    part = (int(right - left), int(bottom - top))
    to_thing = _homography(corners - np.array((left, top)), thing.size)
    seen, mask = (
        picture.transform(part, Image.Transform.PERSPECTIVE, to_thing, Image.Resampling.BICUBIC)
        for picture in (thing, Image.new("L", thing.size, 255))
    )
    scene.paste(seen, (int(left), int(top)), mask)


def _homography(corners: Corners, thing_px: tuple[int, int]) -> list[float]:
    """The eight numbers that take a pixel of the frame to one of the thing."""
    width, height = thing_px
    rows: list[list[float]] = []
    wanted: list[float] = []
    for (x, y), (u, v) in zip(corners, [(0, 0), (width, 0), (width, height), (0, height)], strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
        wanted += [u, v]
    return [float(number) for number in np.linalg.solve(np.array(rows), np.array(wanted))]


def exposed(scene: Image.Image, light: Light, rng: np.random.Generator) -> Luma:
    if light.defocus_px:
        scene = scene.filter(ImageFilter.GaussianBlur(light.defocus_px))
    plane: Plane = np.array(scene, dtype=np.float32)
    across = np.linspace(-0.5, 0.5, plane.shape[1], dtype=np.float32)
    down = np.linspace(-0.5, 0.5, plane.shape[0], dtype=np.float32)[:, None]
    plane *= light.gain * (1 - light.gradient * (across + 0.5))
    if light.shadow:
        edge = across * 0.8 + down * 0.6 + np.float32(rng.uniform(-0.2, 0.2))
        plane *= 1 - light.shadow / (1 + np.exp(-edge * 40))
    if light.noise:
        plane += light.noise * rng.standard_normal(plane.shape, dtype=np.float32)
    return np.clip(plane, 0, 255).astype(np.uint8)
