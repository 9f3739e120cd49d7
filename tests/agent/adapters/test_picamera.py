"""The Raspberry Pi's camera where there is none; `make virtual-camera` runs it on the real picamera2."""

import sys

import pytest

from agent.adapters.picamera import Picamera
from agent.ports.camera import CameraLostError


def test_without_picamera2_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", None)  # Python's own way to say that it is not there
    camera = Picamera(width=640, height=480, frames_per_second=10)
    with pytest.raises(CameraLostError, match="sudo apt install python3-picamera2"):
        camera.open()
    camera.close()
