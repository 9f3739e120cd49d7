"""``python -m tests.virtual_camera.frames FOLDER``: what libcamera's virtual camera is to show."""

import sys
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from agent.adapters.simulated.card_picture import card_picture, foreign_picture, phone_picture
from agent.adapters.simulated.held import code39
from agent.adapters.simulated.scene import Light, Pose, held_up

SIZE: Final = (1280, 720)
LIGHT: Final = Light(gain=0.9, gradient=0.2, defocus_px=0.6, noise=3.0)

CARD, PHONE, BARCODE = "A999123453", "A999000017", "A999555552"
FOREIGN = "https://example.org/a-poster"
SHOWN: Final = (
    (card_picture(CARD), Pose(turn=4, tilt_x=8)),
    (phone_picture(PHONE), Pose(turn=-7, tilt_y=10, nearer=1.2)),
    (code39(BARCODE).thing, Pose(nearer=1.6, turn=-2)),
    (foreign_picture(FOREIGN), Pose(x=0.1, turn=15)),
)


def make_frames(folder: Path) -> None:
    rng = np.random.default_rng(5)
    folder.mkdir(parents=True)
    for number, (thing, pose) in enumerate(SHOWN):
        frame = Image.fromarray(held_up(thing, pose, SIZE, LIGHT, rng))
        # libcamera takes colour pictures only.
        frame.convert("RGB").save(folder / f"{number}.jpg", quality=92)


if __name__ == "__main__":
    make_frames(Path(sys.argv[1]))
