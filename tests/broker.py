"""A real Mosquitto on loopback for the tests, with a plain listener and a configuration of its own."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

import pytest

from agent.wire.messages import MAX_PAYLOAD_BYTES

HOST: Final = "127.0.0.1"
START_S: Final = 10.0
PLACES: Final = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))


class Mosquitto:
    """One broker process: it may be killed and started again on the same port, and forgets all then."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("mosquitto", path=PLACES)
        if program is None:
            pytest.skip("mosquitto is not installed")
        self.port = free_port()
        config = folder / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} {HOST}\n"
            "allow_anonymous true\n"
            "persistence false\n"
            "max_queued_messages 0\n"
            "set_tcp_nodelay true\n"
            f"max_packet_size {MAX_PAYLOAD_BYTES}\n"
            "log_dest none\n"
        )
        self._command = [program, "-c", str(config)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command)
        deadline = time.monotonic() + START_S
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("mosquitto did not start")
            time.sleep(0.01)

    def freeze(self) -> None:
        """Take everything and answer nothing."""
        if self._process:
            self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _listens(self) -> bool:
        with socket.socket() as sock:
            return sock.connect_ex((HOST, self.port)) == 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        port: int = sock.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """One for all tests that leave it running."""
    with Mosquitto(tmp_path_factory.mktemp("mosquitto")) as broker:
        yield broker
