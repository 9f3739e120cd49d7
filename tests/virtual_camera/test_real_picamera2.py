"""The adapter on the real picamera2 and libcamera, beyond what every camera promises."""

from collections.abc import Iterator

import pytest

from agent.adapters.picamera import Picamera
from agent.adapters.zxing import ZxingDecoder

TIMEOUT_S = 2.0


@pytest.fixture
def camera() -> Iterator[Picamera]:
    camera = Picamera(width=1280, height=720, frames_per_second=10, spot_cm=20)
    yield camera
    camera.close()


def test_a_frame_is_a_view_of_the_cameras_own_memory(camera: Picamera) -> None:
    camera.open()
    with camera.frame(TIMEOUT_S) as luma:
        assert luma.shape == (720, 1280)
        assert not luma.flags.owndata
        assert ZxingDecoder().decode(luma)


def test_what_the_camera_makes_of_the_wanted_size_is_read_back() -> None:
    camera = Picamera(width=1000, height=700, frames_per_second=10)
    camera.open()
    try:
        with camera.frame(TIMEOUT_S) as luma:
            assert luma.shape != (700, 1000)
            # With a wrong one the picture would be sheared, and nothing could be read.
            assert ZxingDecoder().decode(luma)
    finally:
        camera.close()


def test_every_buffer_comes_back_and_brings_new_pictures(camera: Picamera) -> None:
    camera.open()
    means = set()
    for _ in range(50):
        with camera.frame(TIMEOUT_S) as luma:
            means.add(float(luma.mean()))
    assert len(means) > 1
