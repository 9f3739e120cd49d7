"""The camera child from its parent's side: crash, hang, nonsense, and no orphan."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from agent.adapters.camera_child_process import CHILD_COMMAND, CameraChildProcess, ChildTimes
from agent.adapters.child_messages import UsePictures
from agent.adapters.simulated.frame_socket import unplug
from agent.ports.eyes import EyesLost, EyesOpened
from tests.agent.adapters.watching import (
    QUICK,
    Watched,
    children,
    eyes_on,
    eyes_with,
    first,
    play,
    runs,
    settings_for,
    until,
)


def why_lost(eyes: CameraChildProcess) -> str:
    """The reason for the first loss."""
    reasons: list[str] = []

    async def scene(watched: Watched) -> None:
        lost = await first(watched, lambda glance: isinstance(glance, EyesLost))
        assert isinstance(lost, EyesLost)
        reasons.append(lost.why)

    play(eyes, scene)
    assert not children()
    return reasons[0]


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (signal.SIGSEGV, "ended by signal 11"),
        # A stopped process is what a hanging one looks like from outside.
        (signal.SIGSTOP, "said nothing for 1 s"),
    ],
)
def test_a_crash_or_a_hang_is_told_and_the_next_child_is_another(
    tmp_path: Path, number: signal.Signals, sentence: str
) -> None:
    async def scene(watched: Watched) -> None:
        await anext(watched)
        (child,) = children()
        child.send_signal(number)
        lost = await first(watched, lambda glance: isinstance(glance, EyesLost))
        assert isinstance(lost, EyesLost)
        assert sentence in lost.why
        assert isinstance(await anext(watched), EyesOpened)
        assert not runs(child)

    play(eyes_on(tmp_path / "camera.sock"), scene)
    assert not children()


def test_a_lost_camera_is_told_in_the_childs_own_words(tmp_path: Path) -> None:
    async def scene(watched: Watched) -> None:
        await anext(watched)
        unplug(tmp_path / "camera.sock")
        lost = await first(watched, lambda glance: isinstance(glance, EyesLost))
        assert isinstance(lost, EyesLost)
        assert "unplugged" in lost.why

    # Waits longer than the child does for a frame.
    play(eyes_on(tmp_path / "camera.sock", ChildTimes(silent_s=20, first_pause_s=0.05)), scene)


def test_a_camera_that_never_opens_is_tried_again_and_again(tmp_path: Path) -> None:
    settings = settings_for(UsePictures((str(tmp_path / "absent.png"),)))
    reasons: list[str] = []

    async def scene(watched: Watched) -> None:
        for _ in range(3):
            lost = await anext(watched)
            assert isinstance(lost, EyesLost)
            reasons.append(lost.why)

    play(CameraChildProcess(settings, QUICK, CHILD_COMMAND), scene)
    assert reasons == [f"{tmp_path / 'absent.png'} does not exist. Check the name."] * 3


def test_a_child_that_hangs_while_it_opens_is_ended() -> None:
    hangs = (sys.executable, "-c", "import time; time.sleep(60)")
    eyes = CameraChildProcess(settings_for(UsePictures(())), ChildTimes(start_s=1.5, end_s=0.1), hangs)
    assert why_lost(eyes) == "The camera process said nothing for 1.5 s and was ended."


def test_a_child_that_only_ends_is_told_with_its_code() -> None:
    assert why_lost(eyes_with("raise SystemExit(7)")) == "The camera process ended with exit code 7."


def test_a_child_that_says_nothing_more_and_does_not_end_is_ended() -> None:
    """Stuck in a driver on its way out; its end of the pipe is closed."""
    opened = r"""b'{"type":"opened","camera":"c","engines":[]}\n'"""
    program = (
        f"import os, sys, time; os.write(pipe := int(sys.argv[1]), {opened}); os.close(pipe); time.sleep(600)"
    )
    assert why_lost(eyes_with(program)) == "The camera process fell silent without an end and was ended."


@pytest.mark.parametrize("said", [r"b'hello\n'", r"b'{}\n'", r"b'\xff\n'", "b'x' * 1_000_000"])
def test_nonsense_ends_the_child(said: str) -> None:
    program = f"import os, sys, time; os.write(int(sys.argv[1]), {said}); time.sleep(600)"
    assert "cannot be understood" in why_lost(eyes_with(program))


def test_a_program_that_is_not_there_is_told() -> None:
    eyes = CameraChildProcess(settings_for(UsePictures(())), QUICK, ("/nowhere/python",))
    assert why_lost(eyes).startswith("The camera process cannot be started: No such file")


def test_what_a_child_prints_is_no_message() -> None:
    program = (
        "import os, sys, time; print('a library says hello', flush=True);"
        """os.write(int(sys.argv[1]), b'{"type":"opened","camera":"c","engines":[]}\\n'); time.sleep(600)"""
    )

    async def scene(watched: Watched) -> None:
        assert await anext(watched) == EyesOpened("c", ())

    play(eyes_with(program), scene)


def test_a_foreign_text_from_a_broken_child_is_no_code() -> None:
    program = (
        "import os, sys, time;"
        """os.write(int(sys.argv[1]), b'{"type":"looked","reads":[{"code":"https://x","symbology":"qr"}],"""
        """"decode_ms":1,"at_ms":1}\\n'); time.sleep(600)"""
    )

    async def scene(watched: Watched) -> None:
        assert "code=None" in repr(await anext(watched))

    play(eyes_with(program), scene)


PARENT = """
import asyncio, sys
from pathlib import Path
from tests.agent.adapters.watching import eyes_on, settings_for
from agent.adapters.camera_child_process import CHILD_COMMAND, CameraChildProcess, ChildTimes
from agent.adapters.child_messages import UsePictures, UseSocket

async def main():
    path = sys.argv[1]
    camera = UsePictures((path,)) if path.endswith(".png") else UseSocket(path)
    eyes = CameraChildProcess(settings_for(camera), ChildTimes(start_s=600), CHILD_COMMAND)
    print("watching", flush=True)
    async for glance in eyes.watch():
        print(glance, flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("name", ["camera.sock", "hangs.png"])
def test_no_child_outlives_a_parent_that_was_killed(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if path.suffix == ".png":
        os.mkfifo(path)
    with subprocess.Popen([sys.executable, "-c", PARENT, str(path)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == b"watching\n"
        if path.suffix != ".png":
            assert parent.stdout.readline().startswith(b"EyesOpened")
        until(lambda: bool(children(psutil.Process(parent.pid))))
        (child,) = children(psutil.Process(parent.pid))
        parent.kill()
        parent.wait()
        until(lambda: not runs(child))


def test_the_agents_own_process_loads_no_picture_library() -> None:
    program = (
        "import sys, agent.adapters.camera_child_process, agent.adapters.simulated.eyes, agent.ports.eyes\n"
        "print(sorted({'numpy', 'PIL', 'zxingcpp', 'pyzbar', 'picamera2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
