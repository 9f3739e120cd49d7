"""What every camera promises: the newest luma plane, lent; a sentence where there is none."""

import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from agent.adapters.picamera import Picamera
from agent.adapters.simulated.camera import SimulatedCamera
from agent.adapters.simulated.card_picture import card_picture
from agent.adapters.simulated.picture_camera import PictureCamera
from agent.adapters.usb_camera import UsbCamera
from agent.ports.camera import Camera, CameraLostError, Exposure

TIMEOUT_S = 2.0


def simulated(folder: Path) -> Camera:
    return SimulatedCamera(folder / "camera.sock", width=640, height=480)


def pictures(folder: Path) -> Camera:
    file = folder / "card.png"
    card_picture("A999123453").save(file)
    return PictureCamera([file], width=640, height=480, hold_s=0.2, gap_s=0.2)


def picamera(folder: Path) -> Camera:
    """Any Raspberry Pi camera on the ribbon cable, or libcamera's virtual one (`make virtual-camera`)."""
    del folder
    return Picamera(width=640, height=480, frames_per_second=10)


USB_CAMERA = os.environ.get("KAIKU_USB_CAMERA", "")


def usb(folder: Path) -> Camera:
    """Any camera with a V4L2 driver (`KAIKU_USB_CAMERA=/dev/video0`), or tests/usb_camera's."""
    del folder
    return UsbCamera(USB_CAMERA, width=640, height=480, frames_per_second=10)


CAMERAS = (
    simulated,
    pictures,
    *((picamera,) if find_spec("picamera2") else ()),
    *((usb,) if USB_CAMERA else ()),
)


@pytest.fixture(params=CAMERAS)
def camera(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Camera]:
    make: Callable[[Path], Camera] = request.param
    camera = make(tmp_path)
    yield camera
    camera.close()


def test_it_has_a_name_once_opened(camera: Camera) -> None:
    camera.open()
    assert camera.name


def test_a_frame_is_a_grey_plane_of_bytes(camera: Camera) -> None:
    camera.open()
    with camera.frame(TIMEOUT_S) as luma:
        assert luma.dtype == np.uint8
        assert luma.ndim == 2
        assert luma.shape[0] <= 480
        assert luma.shape[1] <= 640


def test_it_gives_frame_after_frame(camera: Camera) -> None:
    camera.open()
    for _ in range(30):
        with camera.frame(TIMEOUT_S) as luma:
            assert luma.size


def test_an_error_of_the_reader_does_not_cost_a_frame(camera: Camera) -> None:
    camera.open()
    # More often than a real camera has buffers.
    for _ in range(6):
        with pytest.raises(ZeroDivisionError), camera.frame(TIMEOUT_S):
            raise ZeroDivisionError
    with camera.frame(TIMEOUT_S) as luma:
        assert luma.size


def test_before_it_is_opened_there_is_no_frame(camera: Camera) -> None:
    with pytest.raises(CameraLostError), camera.frame(TIMEOUT_S):
        pass


def test_what_it_says_of_a_frame_is_said_while_that_is_lent(camera: Camera) -> None:
    camera.open()
    with camera.frame(TIMEOUT_S):
        lent = camera.exposure()
        assert lent.exposure_ms is None or lent.exposure_ms > 0
        assert lent.lux is None or lent.lux >= 0
    assert camera.exposure() == Exposure()


def test_it_may_be_closed_twice_and_unopened(camera: Camera) -> None:
    camera.close()
    camera.open()
    camera.close()
    camera.close()


def test_it_can_be_opened_again(camera: Camera) -> None:
    camera.open()
    camera.close()
    camera.open()
    with camera.frame(TIMEOUT_S) as luma:
        assert luma.size
