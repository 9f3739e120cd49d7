"""Holding frames up to the simulated camera, from good clients and bad ones."""

import socket
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path, PosixPath

import numpy as np
import pytest

from agent.adapters.simulated.camera import MAX_CLIENTS, SimulatedCamera
from agent.adapters.simulated.frame_socket import FrameRefusedError, show, unplug
from agent.ports.camera import CameraLostError, Luma

HELD = np.full((30, 40), 7, np.uint8)
DEADLINE_S = 10.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "camera.sock"


@pytest.fixture
def camera(path: Path) -> Iterator[SimulatedCamera]:
    camera = SimulatedCamera(path, width=320, height=240)
    camera.open()
    yield camera
    camera.close()


def seen(camera: SimulatedCamera) -> Luma:
    with camera.frame(0.1) as luma:
        return luma


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not true():
        assert time.monotonic() < deadline, "it did not come in time"
        time.sleep(0.01)


def test_an_empty_counter_has_a_little_noise(camera: SimulatedCamera) -> None:
    first, second = seen(camera), seen(camera)
    assert first.shape == (240, 320)
    assert not np.array_equal(first, second)


def test_a_frame_is_seen_at_once(camera: SimulatedCamera, path: Path) -> None:
    show(path, HELD, 60)
    assert np.array_equal(seen(camera), HELD)
    assert np.array_equal(seen(camera), HELD)


def test_a_frame_is_gone_when_its_time_is_up(camera: SimulatedCamera, path: Path) -> None:
    show(path, HELD, 0.05)
    until(lambda: seen(camera).shape == (240, 320))


def test_the_newest_frame_is_the_one_seen(camera: SimulatedCamera, path: Path) -> None:
    show(path, HELD, 60)
    show(path, HELD + 1, 60)
    assert np.array_equal(seen(camera), HELD + 1)


def test_a_strided_frame_is_taken(camera: SimulatedCamera, path: Path) -> None:
    wide = np.arange(200, dtype=np.uint8).reshape(10, 20)
    show(path, wide[:, ::2], 60)
    assert np.array_equal(seen(camera), wide[:, ::2])


def test_an_unplugged_camera_is_lost(camera: SimulatedCamera, path: Path) -> None:
    unplug(path)
    with pytest.raises(CameraLostError, match="unplugged"):
        seen(camera)


def test_the_socket_is_its_owners_alone(camera: SimulatedCamera, path: Path) -> None:
    assert camera.name == "simulated"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_path_longer_than_a_sockets_may_be_works(tmp_path: Path) -> None:
    folder = tmp_path / ("f" * 120) / ("g" * 120)
    folder.mkdir(parents=True)
    camera = SimulatedCamera(folder / "camera.sock", width=320, height=240)
    camera.open()
    show(folder / "camera.sock", HELD, 60)
    assert np.array_equal(seen(camera), HELD)
    camera.close()


def test_a_socket_left_behind_is_taken_over(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(path))
    camera = SimulatedCamera(path, width=320, height=240)
    camera.open()
    show(path, HELD, 60)
    camera.close()
    assert not path.exists()


def test_two_cameras_do_not_share_a_socket(camera: SimulatedCamera, path: Path) -> None:
    second = SimulatedCamera(path, width=320, height=240)
    with pytest.raises(CameraLostError, match="Another simulated camera"):
        second.open()
    second.close()
    show(path, HELD, 60)
    assert np.array_equal(seen(camera), HELD)


def test_a_missing_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CameraLostError, match="Check that its folder exists"):
        SimulatedCamera(tmp_path / "absent" / "camera.sock", width=320, height=240).open()


def test_without_a_camera_a_frame_is_refused(path: Path) -> None:
    with pytest.raises(FrameRefusedError, match="Is the agent running"):
        show(path, HELD, 1)


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0), (1, 1921), (1921, 1)])
def test_a_frame_out_of_bounds_is_refused(path: Path, shape: tuple[int, int]) -> None:
    with pytest.raises(FrameRefusedError, match="1 to 1920 pixels"):
        show(path, np.zeros(shape, np.uint8), 1)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        struct.pack(">4sHHI", b"KKF1", 65535, 65535, 1),
        struct.pack(">4sHHI", b"KKF1", 4, 0, 1),
        struct.pack(">4sHHI", b"KKF1", 4, 4, 2**32 - 1),
        struct.pack(">4sHHI", b"XXXX", 4, 4, 1) + bytes(16),
    ],
)
def test_nonsense_is_hung_up_on(camera: SimulatedCamera, path: Path, nonsense: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(DEADLINE_S)
        client.connect(str(path))
        client.sendall(nonsense)
        client.shutdown(socket.SHUT_WR)
        assert client.recv(1) == b""
    assert seen(camera).shape == (240, 320)


def test_half_a_frame_is_never_seen(camera: SimulatedCamera, path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(DEADLINE_S)
        client.connect(str(path))
        client.sendall(struct.pack(">4sHHI", b"KKF1", 40, 30, 60_000) + bytes(100))
        client.shutdown(socket.SHUT_WR)
        assert client.recv(1) == b""
    assert seen(camera).shape == (240, 320)


def test_silent_clients_do_not_keep_another_out(camera: SimulatedCamera, path: Path) -> None:
    silent = [socket.socket(socket.AF_UNIX) for _ in range(MAX_CLIENTS - 1)]
    for client in silent:
        client.connect(str(path))
    show(path, HELD, 60)
    assert np.array_equal(seen(camera), HELD)
    for client in silent:
        client.close()


def test_more_clients_than_there_is_room_for_are_turned_away(camera: SimulatedCamera, path: Path) -> None:
    silent = [socket.socket(socket.AF_UNIX) for _ in range(MAX_CLIENTS)]
    for client in silent:
        client.connect(str(path))
    with pytest.raises(FrameRefusedError):
        show(path, HELD, 60)
    for client in silent:
        client.close()

    def taken() -> bool:
        try:
            show(path, HELD, 60)
        except FrameRefusedError:
            return False
        return True

    until(taken)
    assert np.array_equal(seen(camera), HELD)


class _Name(PosixPath):
    """A camera's name that looks, when it is taken away, whether the camera still answers to it."""

    answered = False

    def unlink(self, missing_ok: bool = False) -> None:  # noqa: FBT002  (as pathlib has it)
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(self))
        _Name.answered = True
        super().unlink(missing_ok)


def test_a_camera_that_ends_gives_up_its_name_while_it_listens(path: Path) -> None:
    """A child that outlives its agent never takes away the name of the next agent's child."""
    camera = SimulatedCamera(_Name(path), width=320, height=240)
    camera.open()
    camera.close()
    assert _Name.answered
    assert not path.exists()
