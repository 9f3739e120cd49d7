"""The USB camera over a driver that is played: formats, damage, old frames, and each way to lose it."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from agent.adapters.simulated.card_picture import card_picture
from agent.adapters.simulated.scene import Light, Pose, held_up
from agent.adapters.usb_camera import UsbCamera
from agent.ports.camera import CameraLostError, Luma
from tests.usb_camera.fake_camera import SIZE, Format, build, environment, needs_cc

CODE = "A999123453"
pytestmark = needs_cc


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def cards() -> list[Luma]:
    rng = np.random.default_rng(2)
    return [held_up(card_picture(CODE), Pose(nearer=1.6), SIZE, Light(), rng) for _ in range(3)]


def said(program: str, env: dict[str, str]) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.usb_camera.looking", program],
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("letters", ["GREY", "YUYV", "UYVY", "NV12"])
def test_brightness_is_lent_as_it_lies_in_the_drivers_buffer(
    library: Path, cards: list[Luma], tmp_path: Path, letters: Format
) -> None:
    env = environment(library, tmp_path / "frames", cards, letters)
    assert said("read", env) == [f"Fake USB Camera (480, 640) view {CODE}"] * 5


def test_of_jpegs_brightness_is_decoded_and_a_damaged_one_is_passed_over(
    library: Path, cards: list[Luma], tmp_path: Path
) -> None:
    frames = tmp_path / "frames"
    env = environment(library, frames, cards, "MJPG")
    size = len(frames.read_bytes()) // len(cards)
    with frames.open("r+b") as file:
        file.seek(size)
        file.write(bytes(size))
    assert [line.split()[-1] for line in said("read_jpeg", env)] == [CODE] * 5


@pytest.mark.parametrize("program", ["after_a_pause", "after_a_long_look"])
def test_after_a_while_no_old_frame_is_given(library: Path, tmp_path: Path, program: str) -> None:
    steps = [np.full((480, 640), level * 4, np.uint8) for level in range(60)]
    env = environment(library, tmp_path / "frames", steps, more={"FAKE_MS": "20"})
    first, second = map(int, said(program, env))
    # Half a second is 25 frames; the four that the driver holds are the oldest of them.
    assert (second - first) / 4 >= 24


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"FAKE_LAST": "5"}, "Fake USB Camera gave no frame in 0.2 s. If this repeats"),
        (
            {"FAKE_LAST": "5", "FAKE_END": "unplug"},
            "There is no camera at /dev/video-of-the-tests. Connect it",
        ),
        ({"FAKE_BUSY": "1"}, "Another program has /dev/video-of-the-tests."),
    ],
)
def test_however_it_is_lost_a_sentence_says_what_to_do(
    library: Path, cards: list[Luma], tmp_path: Path, more: dict[str, str], why: str
) -> None:
    lost, again = said("until_lost", environment(library, tmp_path / "frames", cards, more=more))
    assert lost.startswith(why)
    assert again == "The camera is not open."


@pytest.mark.parametrize(
    ("letters", "why"),
    [
        ("MJPG", "gives MJPG only, and none of GREY, YUYV, UYVY, NV12, YU12. Set reading.usb_mjpeg = true."),
        ("H264", "gives H264 only, and none of GREY, YUYV, UYVY, NV12, YU12."),
    ],
)
def test_a_format_without_brightness_is_refused_with_what_would_help(
    library: Path, cards: list[Luma], tmp_path: Path, letters: Format, why: str
) -> None:
    lost, _ = said("until_lost", environment(library, tmp_path / "frames", cards, letters))
    assert lost == f"Fake USB Camera {why}"


def test_what_is_no_camera_is_an_error_with_what_to_do() -> None:
    (why,) = said("elsewhere", {})
    assert "There is no camera at /dev/null" in why


@pytest.mark.parametrize(
    ("device", "why"),
    [
        ("/dev/" + "v" * 300, "no name of a file"),
        ("/dev/vi\0deo", "NUL"),
        ("/dev/null/video0", "There is no camera"),
    ],
)
def test_a_name_that_no_device_can_have_is_an_error_with_what_to_do(device: str, why: str) -> None:
    camera = UsbCamera(device, width=640, height=480, frames_per_second=10)
    with pytest.raises(CameraLostError, match=why) as caught:
        camera.open()
    assert str(caught.value).isprintable()


def test_without_a_camera_it_says_where_to_look(tmp_path: Path) -> None:
    camera = UsbCamera(str(tmp_path / "video0"), width=640, height=480, frames_per_second=10)
    with pytest.raises(CameraLostError, match=r"There is no camera at .*video0"):
        camera.open()
    camera.close()


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "videodev2", None)
    camera = UsbCamera("/dev/video0", width=640, height=480, frames_per_second=10)
    with pytest.raises(CameraLostError, match=r"pip install 'kaiku-kiosk\[usb\]'"):
        camera.open()


def test_it_keeps_the_contract_of_every_camera(library: Path, cards: list[Luma], tmp_path: Path) -> None:
    suite = Path(__file__).parents[1] / "ports" / "test_camera.py"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "usb", str(suite)],
        env=os.environ | environment(library, tmp_path / "frames", cards),
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stdout
    assert "8 passed" in done.stdout
