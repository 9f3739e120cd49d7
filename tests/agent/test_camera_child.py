"""The camera child from inside, and what it says on its pipe."""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest

from agent.adapters.child_messages import (
    MAX_READS,
    CheckedPicture,
    ChildMessage,
    ChildSettings,
    Ended,
    LookedAt,
    Opened,
    Seen,
    UsePicamera,
    UsePictures,
    UseSocket,
    UseUsb,
    message_of,
    to_line,
)
from agent.adapters.simulated.camera import SimulatedCamera
from agent.adapters.simulated.card_picture import foreign_picture
from agent.adapters.simulated.decoder import SimulatedDecoder, labelled
from agent.adapters.simulated.frame_socket import show, unplug
from agent.camera_child import EXIT_LOST, Failures, look_on, make_camera, run
from agent.core.looking import Counts
from agent.core.reads import CodeSymbology
from agent.ports.camera import Luma
from agent.ports.decoder import Found
from agent.wire.card_code import DEFAULT_PATTERN

CODE = "A999123453"
TEST_CARD = "ABCDEFGHIJKLMNOP"
SETTINGS = ChildSettings(
    camera=UsePicamera(),
    width=1280,
    height=720,
    frames_per_second=50,
    pattern=DEFAULT_PATTERN,
    test_card=TEST_CARD,
    frame_timeout_s=0.1,
)


class Failing:
    name = "failing"
    failures = 0

    def decode(self, luma: Luma) -> Sequence[Found]:
        del luma
        return ()


def seen_of(
    folder: Path, *codes: tuple[str, CodeSymbology], frames: int = 1, settings: ChildSettings = SETTINGS
) -> Sequence[ChildMessage]:
    """What is said while a picture with these codes is held up, until the parent is gone."""
    path = folder / "camera.sock"
    camera = SimulatedCamera(path, width=1280, height=720)
    camera.open()
    show(path, labelled(np.full((720, 1280), 128, np.uint8), *codes), 60)
    gone = threading.Event()
    said: list[ChildMessage] = []

    def tell(message: ChildMessage) -> None:
        said.append(message)
        if len(said) > frames:
            gone.set()

    look_on(camera, (SimulatedDecoder(),), settings, tell, gone)
    camera.close()
    return said


def test_it_says_that_it_opened_and_then_what_it_sees(tmp_path: Path) -> None:
    opened, looked = seen_of(tmp_path, (CODE, "qr"))
    assert opened == Opened("simulated", ("simulated",))
    assert isinstance(looked, LookedAt)
    assert looked.reads == (Seen(CODE, "qr"),)


def test_of_a_foreign_code_only_the_fact_is_said(tmp_path: Path) -> None:
    _, looked = seen_of(tmp_path, ("https://example.org/", "qr"), (CODE, "qr"))
    assert isinstance(looked, LookedAt)
    assert looked.reads == (Seen(CODE, "qr"), Seen(None, "qr"))
    assert b"example" not in to_line(looked)


def test_of_the_test_card_only_the_fact_is_said(tmp_path: Path) -> None:
    _, looked = seen_of(tmp_path, (TEST_CARD, "qr"))
    assert isinstance(looked, LookedAt)
    assert looked.reads == (Seen(None, "qr", test=True),)
    assert TEST_CARD.encode() not in to_line(looked)


def test_a_sheet_full_of_codes_does_not_fill_the_pipe(tmp_path: Path) -> None:
    sticker: tuple[str, CodeSymbology] = ("x", "qr")
    _, looked = seen_of(tmp_path, *[sticker] * (MAX_READS + 10), (CODE, "qr"))
    assert isinstance(looked, LookedAt)
    assert len(looked.reads) == MAX_READS
    assert looked.reads[0] == Seen(CODE, "qr"), "nor does it hide the card"


def test_each_frame_is_said(tmp_path: Path) -> None:
    assert len(seen_of(tmp_path, frames=5)) == 6


def test_once_a_second_it_says_how_the_picture_is_and_counts_but_after_the_reads(tmp_path: Path) -> None:
    slow = msgspec.structs.replace(SETTINGS, frames_per_second=2)
    said = seen_of(tmp_path, (CODE, "qr"), frames=3, settings=slow)
    assert [type(message) for message in said] == [Opened, LookedAt, LookedAt, CheckedPicture]
    assert isinstance(said[3], CheckedPicture)
    assert said[3].counts == Counts(frames=2, failures=(0,))
    assert said[3].picture.mean == pytest.approx(128, abs=2)
    assert message_of(to_line(said[3])) == said[3]


def test_an_engine_that_fails_on_pictures_is_said_each_time_they_have_doubled(
    capsys: pytest.CaptureFixture[str],
) -> None:
    engine = Failing()
    failures = Failures((engine,))
    for number in range(20):
        engine.failures = number
        failures.note()
    assert [line.split(" on ")[1].split()[0] for line in capsys.readouterr().err.splitlines()] == [
        "1",
        "2",
        "4",
        "8",
        "16",
    ]


def test_a_lost_camera_ends_it_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "camera.sock"
    said: list[ChildMessage] = []

    def tell(message: ChildMessage) -> None:
        said.append(message)
        if len(said) == 2:
            unplug(path)

    settings = msgspec.structs.replace(SETTINGS, camera=UseSocket(str(path)))
    assert run(settings, tell, threading.Event()) == EXIT_LOST
    last = said[-1]
    assert isinstance(last, Ended)
    assert "unplugged" in last.why


def test_a_parent_that_does_not_listen_ends_it(tmp_path: Path) -> None:
    def tell(_: ChildMessage) -> None:
        raise BrokenPipeError

    settings = msgspec.structs.replace(SETTINGS, camera=UseSocket(str(tmp_path / "camera.sock")))
    assert run(settings, tell, threading.Event()) == 0


def test_the_settings_choose_the_camera(tmp_path: Path) -> None:
    def made(camera: UsePicamera | UseUsb | UseSocket | UsePictures) -> str:
        return make_camera(msgspec.structs.replace(SETTINGS, camera=camera)).name

    assert made(UsePicamera()) == "picamera2"
    assert made(UseUsb("/dev/video0")) == "usb"
    assert made(UseSocket(str(tmp_path / "s"))) == "simulated"
    assert made(UsePictures(("a.png",))) == "simulated (1 pictures)"


def test_no_foreign_text_is_ever_on_the_pipe_or_in_the_log(tmp_path: Path) -> None:
    foreign = "https://example.org/somebody's-payment"
    leaflet = tmp_path / "leaflet.png"
    foreign_picture(foreign).save(leaflet)
    ours, theirs = os.pipe()
    settings = msgspec.structs.replace(
        SETTINGS, camera=UsePictures((str(leaflet),), hold_s=60.0), frame_timeout_s=5.0
    )
    child = subprocess.Popen(
        [sys.executable, "-m", "agent.camera_child", str(theirs)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=(theirs,),
    )
    os.close(theirs)
    assert child.stdin
    child.stdin.write(to_line(settings))
    child.stdin.flush()
    with os.fdopen(ours, "rb") as pipe:
        lines = [pipe.readline() for _ in range(12)]
        # Closes stdin, which is the end of the parent to the child.
        out, err = child.communicate(timeout=30)
        lines += pipe.readlines()
    assert child.returncode == 0
    reads = [seen for line in lines if isinstance(said := message_of(line), LookedAt) for seen in said.reads]
    assert len(reads) >= 10
    assert set(reads) == {Seen(None, "qr")}
    for stream in (b"".join(lines), out, err):
        assert b"example.org" not in stream
        assert b"payment" not in stream
