"""What is held up for measurements, with where its code lies: a whole card, or one of its codes alone."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal

import numpy as np
from PIL import Image

from agent.adapters.simulated.card_picture import (
    CARD_MM,
    CODE39_MM,
    PX_PER_MM,
    QR_MM,
    QUIET_MODULES,
    WIDE_MODULES,
    card_picture,
    code39_picture,
    qr_picture,
)
from agent.adapters.simulated.damage import Held
from agent.adapters.simulated.scene import VIEW_MM, Pose

What = Literal["card", "code39", "qr"]

PAPER: Final = 246
RIM_PX: Final = 5 * PX_PER_MM
QR_MODULES: Final = 21


def card(code: str) -> Held:
    """The whole cardboard; its Code 39 is what the damage is measured in, for it has the finer modules."""
    thing = card_picture(code).convert("L")
    height = CODE39_MM[1] * PX_PER_MM
    module_px, bars = _bars_px(code)
    left, bottom = (CARD_MM[0] * PX_PER_MM - bars) / 2, CARD_MM[1] * PX_PER_MM - 4 * PX_PER_MM
    return Held(thing, (left, bottom - height, left + bars, bottom), module_px)


def _bars_px(code: str, wide: int = WIDE_MODULES) -> tuple[int, int]:
    """Width of a module and of all bars of ``code39_picture``.

    With start and stop: of nine elements a character three are wide, and there is a gap between two.
    """
    modules = (len(code) + 2) * (6 + 3 * wide + 1) - 1
    module_px = CODE39_MM[0] * PX_PER_MM // (modules + 2 * QUIET_MODULES)
    return module_px, modules * module_px


def code39(code: str, wide: int = WIDE_MODULES) -> Held:
    """A strip with nothing but the barcode."""
    width, height = (side * PX_PER_MM for side in CODE39_MM)
    module_px, bars = _bars_px(code, wide)
    left = RIM_PX + (width - bars) / 2
    return Held(
        _on_paper(code39_picture(code, width, height, wide=wide)),
        (left, RIM_PX, left + bars, RIM_PX + height),
        module_px,
    )


def qr(code: str) -> Held:
    """A square with nothing but the QR code."""
    picture = qr_picture(code, QR_MM * PX_PER_MM)
    module_px = picture.width // (QR_MODULES + 8)
    side = QR_MODULES * module_px
    first = RIM_PX + (picture.width - side) / 2
    return Held(_on_paper(picture), (first, first, first + side, first + side), module_px)


HELD: Final[dict[What, Callable[[str], Held]]] = {"card": card, "code39": code39, "qr": qr}


def _on_paper(picture: Image.Image) -> Image.Image:
    paper = Image.new("L", (picture.width + 2 * RIM_PX, picture.height + 2 * RIM_PX), PAPER)
    paper.paste(picture, (RIM_PX, RIM_PX))
    return paper


def some_code(rng: np.random.Generator) -> str:
    return "A" + "".join(str(digit) for digit in rng.integers(0, 10, 9))


def near_the_spot(held: Held, module_px: float, size: tuple[int, int], rng: np.random.Generator) -> Pose:
    """Near the marked spot and nearly straight, with ``module_px`` pixels of the frame for a module."""
    return Pose(
        x=rng.uniform(-0.02, 0.02),
        y=rng.uniform(-0.02, 0.02),
        nearer=module_px / (held.module_px * size[0] / VIEW_MM / PX_PER_MM),
        turn=rng.uniform(-5, 5),
        tilt_x=rng.uniform(-8, 8),
        tilt_y=rng.uniform(-8, 8),
    )


def trembling(pose: Pose, rng: np.random.Generator) -> Pose:
    """The same, a frame later: nobody holds a card still."""
    return replace(
        pose,
        x=pose.x + rng.normal(0, 0.003),
        y=pose.y + rng.normal(0, 0.003),
        turn=pose.turn + rng.normal(0, 0.6),
        tilt_x=pose.tilt_x + rng.normal(0, 0.8),
        tilt_y=pose.tilt_y + rng.normal(0, 0.8),
    )
