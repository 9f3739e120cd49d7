"""The damage ladder: the same seed gives the same frame, and its levels are where plain engines fail."""

from itertools import islice, pairwise

import numpy as np
import pytest

from agent.adapters.simulated.damage import LADDER, Damage, damaged
from agent.adapters.simulated.held import HELD, What, near_the_spot, some_code
from agent.adapters.simulated.passers_by import passers_by
from agent.adapters.simulated.scene import Light
from agent.adapters.zxing import ZxingDecoder
from agent.ports.camera import Luma

SIZE = (800, 450)
MILD = Damage("jpeg", 95)


def frame(what: What, damage: Damage, seed: int = 1) -> tuple[str, Luma]:
    rng = np.random.default_rng(seed)
    code = some_code(rng)
    held = HELD[what](code)
    pose = near_the_spot(held, {"code39": 2.2, "qr": 4.0, "card": 2.0}[what], SIZE, rng)
    return code, damaged(held, pose, damage, SIZE, rng, seed)


@pytest.mark.parametrize("damage", LADDER, ids=map(str, LADDER))
def test_the_same_seed_gives_the_same_frame_and_another_another(damage: Damage) -> None:
    _, first = frame("code39", damage)
    _, again = frame("code39", damage)
    _, other = frame("code39", damage, seed=2)
    assert first.shape == (SIZE[1], SIZE[0])
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("what", HELD)
def test_with_hardly_any_damage_it_is_read(what: What) -> None:
    code, luma = frame(what, MILD)
    assert code in {one.text for one in ZxingDecoder().decode(luma)}


@pytest.mark.parametrize("damage", LADDER, ids=map(str, LADDER))
def test_each_rung_changes_where_the_code_is(damage: Damage) -> None:
    _, plain = frame("code39", MILD)
    _, worse = frame("code39", damage)
    middle = np.s_[150:300, 200:600]
    assert np.abs(plain[middle].astype(int) - worse[middle]).mean() > 1


def test_people_walk_by_in_every_frame_and_none_is_like_the_one_before() -> None:
    frames = list(islice(passers_by(SIZE, Light(noise=0), np.random.default_rng(1)), 40))
    again = list(islice(passers_by(SIZE, Light(noise=0), np.random.default_rng(1)), 40))
    assert all(np.array_equal(one, other) for one, other in zip(frames, again, strict=True))
    moving = [np.abs(one.astype(int) - other).max() for one, other in pairwise(frames[8:])]
    assert min(moving) > 10
