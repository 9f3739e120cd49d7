"""One visitor as the camera sees them: a card comes in from below, is held still, and leaves."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, Literal

import numpy as np

from agent.adapters.simulated.card_picture import HELD_UP, HeldUp
from agent.adapters.simulated.held import trembling
from agent.adapters.simulated.scene import Light, Pose, empty_counter, held_up
from agent.ports.camera import Luma

Preset = Literal["good", "dim", "blurred"]

PRESETS: Final[dict[Preset, Light]] = {
    "good": Light(gradient=0.15, noise=2.0),
    "dim": Light(gain=0.35, gradient=0.35, shadow=0.2, noise=5.0),
    "blurred": Light(gain=0.9, gradient=0.15, defocus_px=1.6, noise=2.5),
}

_COMING: Final = (0.5, 0.25, 0.1)
_LEAVING: Final = (0.15, 0.4)
"""How far below the marked spot, in frame widths, frame by frame."""
_BLUR_OF_A_MOVE: Final = 6.0
_STILL_FRAMES: Final = 10


def visit_frames(
    code: str,
    seed: int,
    *,
    shown_as: HeldUp = "card",
    preset: Preset = "good",
    size: tuple[int, int] = (1280, 720),
) -> Iterator[Luma]:
    """The frames of one visit; the same seed gives the same frames. Nothing promises that each is readable.

    For ``shown_as="foreign"`` the code is any text.
    """
    rng = np.random.default_rng(seed)
    thing = HELD_UP[shown_as](code)
    light = PRESETS[preset]
    spot = _some_pose(shown_as, rng)
    for below in _COMING:
        yield held_up(thing, replace(spot, y=spot.y + below), size, _moving(light, below), rng)
    for _ in range(_STILL_FRAMES):
        yield held_up(thing, trembling(spot, rng), size, light, rng)
    for below in _LEAVING:
        yield held_up(thing, replace(spot, y=spot.y + below), size, _moving(light, below), rng)
    yield empty_counter(size, light, rng)


def _some_pose(shown_as: HeldUp, rng: np.random.Generator) -> Pose:
    # A card of 85 mm is about a third of the frame at the marked spot; a phone is held farther away.
    least, most = (0.95, 1.3) if shown_as == "card" else (0.6, 0.8)
    return Pose(
        x=rng.uniform(-0.08, 0.08),
        y=rng.uniform(-0.04, 0.04),
        nearer=rng.uniform(least, most),
        turn=rng.uniform(-8, 8),
        tilt_x=rng.uniform(-18, 18),
        tilt_y=rng.uniform(-18, 18),
    )


def _moving(light: Light, below: float) -> Light:
    return replace(light, defocus_px=light.defocus_px + _BLUR_OF_A_MOVE * below)
