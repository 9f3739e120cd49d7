"""People who walk past the kiosk without a card: bodies, heads, some in stripes, before the counter."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from agent.adapters.simulated.scene import Light, counter, exposed
from agent.ports.camera import Luma

PER_FRAME: Final = (0.02, 0.05)
"""Frame widths a frame: at 15 frames/s one is past in one and a half to four seconds."""
GAP_FRAMES: Final = 12
STRIPED: Final = 0.3
LEFTWARD: Final = 0.5


@dataclass(frozen=True, slots=True)
class _Walker:
    picture: Image.Image
    mask: Image.Image
    speed_px: float
    from_left: bool

    def left_px(self, frame: int, width: int) -> int:
        way = round(self.speed_px * frame) - self.picture.width
        return way if self.from_left else width - self.picture.width - way


def passers_by(size: tuple[int, int], light: Light, rng: np.random.Generator) -> Iterator[Luma]:
    """Frames without end; one after another comes by, hardly a frame is empty."""
    behind = counter(size)
    walkers: list[tuple[int, _Walker]] = []
    frame = 0
    while True:
        if frame % GAP_FRAMES == 0:
            walkers.append((frame, _walker(size, rng)))
        scene = behind.copy()
        for since, walker in walkers:
            top = size[1] - walker.picture.height + round(6 * np.sin(frame))
            scene.paste(walker.picture, (walker.left_px(frame - since, size[0]), top), walker.mask)
        walkers = [
            (since, one) for since, one in walkers
            if one.speed_px * (frame - since) < size[0] + one.picture.width
        ]  # fmt: skip
        yield exposed(scene, light, rng)
        frame += 1


def _walker(size: tuple[int, int], rng: np.random.Generator) -> _Walker:
    width, height = round(size[0] * rng.uniform(0.15, 0.3)), round(size[1] * rng.uniform(0.7, 0.98))
    cloth = int(rng.integers(20, 200))
    picture = Image.new("L", (width, height), cloth)
    draw = ImageDraw.Draw(picture)
    if rng.random() < STRIPED:
        stripe = max(int(width * rng.uniform(0.02, 0.06)), 2)
        for y in range(height // 3, height, 2 * stripe):
            draw.rectangle([0, y, width, y + stripe], (cloth + 70) % 256)
    for _ in range(12):  # folds, a bag, a collar
        left, top = rng.uniform(0, width), rng.uniform(height / 4, height)
        draw.ellipse(
            [left, top, left + width / 5, top + height / 9], int(np.clip(cloth + rng.normal(0, 25), 0, 255))
        )
    mask = Image.new("L", (width, height), 0)
    shape = ImageDraw.Draw(mask)
    shape.rounded_rectangle([0, height // 4, width, height * 2], width // 4, 255)
    head = [width * 0.3, 0, width * 0.7, height * 0.27]
    shape.ellipse(head, 255)
    draw.ellipse(head, int(rng.integers(120, 200)))
    # A step blurs a little; and nobody is cut out of paper.
    soft = ImageFilter.BoxBlur(size[0] / 400)
    speed_px = size[0] * rng.uniform(*PER_FRAME)
    return _Walker(picture.filter(soft), mask.filter(soft), speed_px, bool(rng.random() >= LEFTWARD))
