"""A real Mosquitto for tests, started with the folder that provisioning made."""

import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")

needs_mosquitto = pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        assert isinstance(port, int)
        return port


@contextmanager
def running(configuration: Path, port: int, log: Path) -> Iterator[None]:
    assert MOSQUITTO is not None
    with log.open("wb") as out:
        process = subprocess.Popen([MOSQUITTO, "-c", str(configuration)], stdout=out, stderr=out)
        try:
            _wait_listening(process, port, log)
            yield
        finally:
            process.terminate()
            process.wait(10)


def _wait_listening(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("mosquitto does not listen: " + log.read_text())


def tls(ca: Path, certificate: Path | None, key: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(ca))
    if certificate:
        context.load_cert_chain(certificate, key)
    return context
