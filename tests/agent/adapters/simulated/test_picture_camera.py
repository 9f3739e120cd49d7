"""Picture files before the camera, in turn."""

import time
from pathlib import Path

import pytest
from PIL import Image

from agent.adapters.simulated.picture_camera import PictureCamera
from agent.ports.camera import CameraLostError

DEADLINE_S = 10.0


def test_each_picture_has_its_turn_with_a_gap_between(tmp_path: Path) -> None:
    files = [tmp_path / "dark.png", tmp_path / "bright.png"]
    for file, grey in zip(files, (1, 254), strict=True):
        Image.new("L", (2000, 1000), grey).save(file)
    camera = PictureCamera(files, width=640, height=480, hold_s=0.1, gap_s=0.1)
    camera.open()
    turns: list[int] = []
    deadline = time.monotonic() + DEADLINE_S
    while len(turns) < 5 and time.monotonic() < deadline:
        with camera.frame(1) as luma:
            # The counter is as high as the frame; the pictures are fitted and wider than that.
            grey = 0 if luma.shape == (480, 640) else int(luma[5, 5])
        if turns[-1:] != [grey]:
            turns.append(grey)
        time.sleep(0.005)
    assert turns == [1, 0, 254, 0, 1]


def test_a_picture_that_cannot_be_read_is_said_at_once(tmp_path: Path) -> None:
    camera = PictureCamera([tmp_path / "absent.png"], width=640, height=480, hold_s=1, gap_s=1)
    with pytest.raises(CameraLostError, match=r"absent\.png does not exist"):
        camera.open()


def test_no_picture_at_all_is_said_at_once() -> None:
    with pytest.raises(CameraLostError, match="at least one picture"):
        PictureCamera([], width=640, height=480, hold_s=1, gap_s=1).open()


def test_a_folder_stands_for_the_pictures_in_it(tmp_path: Path) -> None:
    for name in ("b.PNG", "a.jpg", "c.webp"):
        Image.new("L", (64, 48), 1).save(tmp_path / name)
    (tmp_path / "cards.csv").write_text("no picture")
    camera = PictureCamera([tmp_path], width=640, height=480, hold_s=1, gap_s=1)
    camera.open()
    assert camera.name == "simulated (3 pictures)"


def test_a_folder_without_a_picture_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(CameraLostError, match=r"There is no picture in .*Give a folder"):
        PictureCamera([tmp_path], width=640, height=480, hold_s=1, gap_s=1).open()
