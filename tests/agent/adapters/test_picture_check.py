"""Sharpness and exposure of frames from the scene generator, and of what no camera gives."""

import numpy as np
import pytest

from agent.adapters.picture_check import checked
from agent.adapters.simulated.card_picture import card_picture
from agent.adapters.simulated.scene import Light, Pose, held_up
from agent.core.looking import Picture
from agent.ports.camera import Exposure, Luma

SIZE = (1280, 720)
CARD = card_picture("A999123453")


def seen(light: Light, pose: Pose = Pose(turn=5, tilt_x=8)) -> Luma:  # noqa: B008  (frozen)
    return held_up(CARD, pose, SIZE, light, np.random.default_rng(1))


def picture_of(luma: Luma) -> Picture:
    return checked(luma, Exposure())


@pytest.mark.parametrize("noise", [2, 8])
@pytest.mark.parametrize("gain", [1.0, 0.4])
def test_the_less_focused_the_less_sharp_in_any_light(gain: float, noise: float) -> None:
    blurs = (0.0, 1.0, 1.5, 2.0, 3.0)
    sharp = [picture_of(seen(Light(gain=gain, noise=noise, defocus_px=px))).sharpness for px in blurs]
    measured = [share for share in sharp if share is not None]
    assert measured == sorted(measured, reverse=True)
    assert len(measured) == len(blurs)
    assert measured[0] > 0.9
    assert measured[-1] < 0.45


def test_a_card_held_upright_is_as_sharp() -> None:
    assert picture_of(seen(Light(), Pose(turn=90))).sharpness == picture_of(seen(Light(), Pose())).sharpness


def test_without_a_clear_edge_nothing_is_said_of_sharpness() -> None:
    assert picture_of(np.full((720, 1280), 128, np.uint8)).sharpness is None
    noise = np.random.default_rng(1).normal(128, 8, (720, 1280)).astype(np.uint8)
    assert picture_of(noise).sharpness is None


def test_dark_and_blown_are_shares_of_the_picture() -> None:
    half = np.full((720, 1280), 255, np.uint8)
    half[:, 640:] = 0
    picture = picture_of(half)
    assert picture.dark == pytest.approx(0.5, abs=0.01)
    assert picture.blown == pytest.approx(0.5, abs=0.01)
    assert picture.mean == pytest.approx(127.5, abs=2)


def test_what_the_camera_says_itself_goes_along() -> None:
    picture = checked(seen(Light()), Exposure(exposure_ms=9.9, lux=120.0))
    assert (picture.exposure_ms, picture.lux) == (9.9, 120.0)


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (7, 900), (900, 7), (16, 13)])
def test_a_picture_of_any_size_is_no_error(shape: tuple[int, int]) -> None:
    assert picture_of(np.zeros(shape, np.uint8)).sharpness is None


def test_a_view_of_every_other_pixel_is_a_picture_too() -> None:
    assert picture_of(seen(Light())[::2, ::2]).sharpness is not None
