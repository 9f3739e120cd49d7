"""What counts as a change of the picture, and what is light and noise."""

import numpy as np
import pytest

from agent.adapters.simulated.damage import LADDER, Damage, Held, damaged
from agent.adapters.simulated.held import code39, near_the_spot, qr
from agent.adapters.simulated.scene import Light, Pose, empty_counter
from agent.adapters.stirring import Stirring
from agent.ports.camera import Luma

SIZE = (1280, 720)


def empty(noise: float, seed: int, gain: float = 1.0) -> Luma:
    return empty_counter(SIZE, Light(noise=noise, gain=gain), np.random.default_rng(seed))


def after(luma: Luma) -> Stirring:
    stirring = Stirring()
    stirring.moved(luma)
    stirring.keep()
    return stirring


def test_the_first_picture_is_a_change() -> None:
    assert Stirring().moved(empty(2, 0))


@pytest.mark.parametrize("noise", [0, 1, 2, 5, 10, 20])
def test_noise_is_none(noise: float) -> None:
    stirring = after(empty(noise, 0))
    assert not any(stirring.moved(empty(noise, seed)) for seed in range(1, 20))


def test_a_lamp_that_changes_everything_alike_is_none() -> None:
    assert not after(empty(2, 0)).moved(empty(2, 1) + np.uint8(6))


def test_what_comes_while_a_lamp_changes_is_seen_all_the_same() -> None:
    luma = empty(2, 1) + np.uint8(20)
    luma[300:340, 600:660] -= np.uint8(30)
    assert after(empty(2, 0)).moved(luma)


def test_a_change_that_creeps_in_counts_from_what_was_kept() -> None:
    stirring = after(empty(2, 0))
    creeping = [empty(2, step) for step in range(1, 12)]
    for step, luma in enumerate(creeping):
        luma[100:200, 100:300] += np.uint8(step)
    assert any(stirring.moved(luma) for luma in creeping)


def test_another_size_and_no_size_are_a_change_and_no_error() -> None:
    stirring = after(empty(2, 0))
    for shape in ((480, 640), (0, 0), (1, 640), (15, 15), (16, 16)):
        assert stirring.moved(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("damage", LADDER, ids=map(str, LADDER))
@pytest.mark.parametrize("what", [code39, qr])
def test_a_card_is_seen_in_its_first_frame(damage: Damage, what: type) -> None:
    rng = np.random.default_rng(3)
    held: Held = what("A999123453")
    pose = near_the_spot(held, 2.0 if what is code39 else 4.0, SIZE, rng)
    # Nothing is held up where what is held is behind the counter's wall.
    before = damaged(held, Pose(x=5), damage, SIZE, rng, 1)
    assert after(before).moved(damaged(held, pose, damage, SIZE, rng, 1))


@pytest.mark.parametrize("what", [code39, qr])
def test_in_a_twentieth_of_the_light_hardly_a_card_is_missed_and_noise_is_none(what: type) -> None:
    dark, missed = Damage("lowlight", 0.05), 0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        held: Held = what("A999123453")
        pose = near_the_spot(held, 2.0 if what is code39 else 4.0, SIZE, rng)
        kept, *others = (damaged(held, Pose(x=5), dark, SIZE, rng, seed) for _ in range(3))
        stirring = after(kept)
        assert not any(stirring.moved(luma) for luma in others)
        missed += not stirring.moved(damaged(held, pose, dark, SIZE, rng, seed))
    assert missed <= 1
