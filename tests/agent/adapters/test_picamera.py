"""The Raspberry Pi's camera where there is none; with one, tests/ports/test_camera.py is run."""

import importlib.util

import pytest

from agent.adapters.picamera import Picamera
from agent.ports.camera import CameraLostError


@pytest.mark.skipif(importlib.util.find_spec("picamera2") is not None, reason="picamera2 is installed")
def test_without_picamera2_it_says_what_to_install() -> None:
    camera = Picamera(width=640, height=480, frames_per_second=10)
    with pytest.raises(CameraLostError, match="sudo apt install python3-picamera2"):
        camera.open()
    camera.close()
