"""``python -m tests.usb_camera.looking PROGRAM``: looks through a USB camera, and says what it sees."""

import sys
import time

from agent.adapters.usb_camera import UsbCamera
from agent.adapters.zxing import ZxingDecoder
from agent.ports.camera import CameraLostError
from tests.usb_camera.fake_camera import DEVICE

FRAMES = 5
TIMEOUT_S = 1.0


def camera(*, device: str = DEVICE, mjpeg: bool = False) -> UsbCamera:
    return UsbCamera(device, width=1000, height=1000, frames_per_second=10, mjpeg=mjpeg)


def read(*, mjpeg: bool = False) -> None:
    """Name, size, whether it is a view, and what is read in each frame."""
    eye, decoder = camera(mjpeg=mjpeg), ZxingDecoder()
    eye.open()
    for _ in range(FRAMES):
        with eye.frame(TIMEOUT_S) as luma:
            texts = sorted({found.text for found in decoder.decode(luma)})
            say(eye.name, luma.shape, "view" if luma.base is not None else "copy", *texts)
    eye.close()


def read_jpeg() -> None:
    read(mjpeg=True)


def after_a_pause() -> None:
    """The brightness of two frames with half a second between them, in which nobody looked."""
    eye = camera()
    eye.open()
    for pause_s in (0.0, 0.5):
        time.sleep(pause_s)
        with eye.frame(TIMEOUT_S) as luma:
            say(int(luma[0, 0]))
    eye.close()


def after_a_long_look() -> None:
    """Likewise, but the first one is looked at for all of the half second."""
    eye = camera()
    eye.open()
    for look_s in (0.5, 0.0):
        with eye.frame(TIMEOUT_S) as luma:
            say(int(luma[0, 0]))
            time.sleep(look_s)
    eye.close()


def until_lost() -> None:
    """The sentence that ends it, and that closing does not hang."""
    eye = camera()
    try:
        eye.open()
        for _ in range(100):
            with eye.frame(0.2):
                pass
    except CameraLostError as lost:
        say(lost)
    try:
        with eye.frame(0.2):
            pass
    except CameraLostError as lost:
        say(lost)
    eye.close()


def elsewhere() -> None:
    try:
        camera(device="/dev/null").open()
    except CameraLostError as lost:
        say(lost)


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")


PROGRAMS = {
    program.__name__: program
    for program in (read, read_jpeg, after_a_pause, after_a_long_look, until_lost, elsewhere)
}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]]()
