"""Retouches keep what engines read, and say where it was."""

import numpy as np
import pytest

from agent.adapters.engines import ENGINES, open_engines
from agent.adapters.retouch import Retouch, as_it_is, averaged, bars_lean, both, sharpened, upright
from agent.adapters.simulated.damage import Damage, damaged
from agent.adapters.simulated.held import code39, near_the_spot
from agent.adapters.simulated.scene import Pose
from agent.ports.camera import Luma

CODE = "A999123453"
SIZE = (800, 450)
FINE_PX = 2.2
"""A module: of these bars the narrow ones are two pixels wide."""


def seen(damage: Damage, pose: Pose | None = None, seed: int = 7) -> Luma:
    rng = np.random.default_rng(seed)
    held = code39(CODE)
    return damaged(held, pose or near_the_spot(held, FINE_PX, SIZE, rng), damage, SIZE, rng, seed)


def readers(luma: Luma, retouch: Retouch) -> int:
    changed = retouch(luma)
    assert changed is not None
    return sum(
        CODE in {one.text for one in engine.decode(changed.luma)} for engine in open_engines(ENGINES).decoders
    )


@pytest.mark.parametrize("degrees", [-40, -19, -8, 0, 3, 12, 20, 44])
def test_fine_bars_are_seen_turned_as_they_are(degrees: float) -> None:
    near = near_the_spot(code39(CODE), FINE_PX, SIZE, np.random.default_rng(0)).nearer
    pose = Pose(nearer=near, turn=degrees)
    lean = bars_lean(seen(Damage("jpeg", 90), pose))
    assert lean == pytest.approx(degrees, abs=1)


@pytest.mark.parametrize(
    ("damage", "retouch", "engines"),
    [
        (Damage("lowlight", 0.1), averaged, 1),
        (Damage("contrast", 0.06), averaged, 1),
        (Damage("defocus", 1.0), both(upright, sharpened), 2),
        (Damage("noise", 20), both(upright, sharpened), 1),
    ],
    ids=["lowlight", "contrast", "defocus", "noise"],
)
def test_what_no_engine_reads_is_read_after_it(damage: Damage, retouch: Retouch, engines: int) -> None:
    luma = seen(damage)
    assert readers(luma, as_it_is) == 0
    assert readers(luma, retouch) >= engines


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (8, 40), (9, 4), (9, 5), (40, 0)])
def test_a_picture_too_small_is_left(shape: tuple[int, int]) -> None:
    luma = np.full(shape, 77, np.uint8)
    for retouch in (averaged, sharpened):
        changed = retouch(luma)
        assert changed is None or (changed.luma == 77).all()


def test_averaging_keeps_columns_and_says_which_rows_it_lost() -> None:
    luma = np.tile(np.arange(0, 250, 10, dtype=np.uint8), (30, 1))
    changed = averaged(luma)
    assert changed is not None
    assert (changed.luma == luma[: changed.luma.shape[0]]).all()
    assert changed.luma.shape[0] == 30 - 2 * changed.back[5]
