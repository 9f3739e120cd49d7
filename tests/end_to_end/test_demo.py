"""The demo as a person starts it: alive at once, gone at Ctrl-C, there again, and nothing left behind."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from tests.end_to_end.processes import wait_until
from tests.provisioning.mosquitto import needs_mosquitto

END_S = 30.0
BROKERS = [
    pytest.param((), id="mosquitto", marks=needs_mosquitto),
    pytest.param(("--loopback-broker",), id="loopback"),
]


@dataclass
class Demo:
    process: "subprocess.Popen[bytes]"
    out: Path
    web: httpx.Client

    @property
    def addresses(self) -> list[str]:
        """Fleet page, kiosk screen, hold-a-card page."""
        return re.findall(r"^  (http://127\.0\.0\.1:\d+/)", self.out.read_text(), re.MULTILINE)

    def get(self, number: int, path: str = "") -> httpx.Response:
        return self.web.get(self.addresses[number] + path)

    def visits(self) -> int:
        rows = self.get(0, "api/v1/visits/summary?by=venue").json()["rows"]
        return sum(row["visits"] for row in rows)

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def wait_until_up(self) -> None:
        wait_until(lambda: len(self.addresses) == 3 or self.process.poll() is not None, "the demo is up")
        assert self.process.poll() is None, self.out.read_text()


@contextmanager
def demo(folder: Path, out: Path, *options: str) -> Iterator[Demo]:
    command = [sys.executable, "-m", "provisioning.cli", "demo", "--folder", str(folder), *options]
    with out.open("wb") as words:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=words, stderr=words)
    try:
        with httpx.Client(timeout=10, trust_env=False) as web:
            yield Demo(process, out, web)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(END_S)


def all_gone(family: list[psutil.Process]) -> bool:
    return not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in family)


@pytest.mark.parametrize("options", BROKERS)
def test_the_demo_is_alive_ends_at_ctrl_c_and_goes_on_with_its_data(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    """However deep its folder is: a Unix socket's path has at most 107 bytes."""
    folder, out = tmp_path / ("a-rather-long-name" * 4) / ("and-another" * 5) / "demo", tmp_path / "out"
    with demo(folder, out, *options) as first:
        first.wait_until_up()
        before = first.addresses
        wait_until(lambda: first.visits() > 0, "a visit is on the fleet's page")
        assert "Rovaniemen uimahalli" in first.get(0).text
        assert "kaiku-token" in first.get(1).text
        assert "Näytä kortti" in first.get(2).text
        (notice,) = [line for line in out.read_text().splitlines() if "access rules" in line]
        assert ("OFF" in notice) == ("--loopback-broker" in options)
        family, visits = first.family(), first.visits()
        first.process.send_signal(signal.SIGINT)
        assert first.process.wait(END_S) == 0, out.read_text()
        assert all_gone(family)
    with demo(folder, out, *options) as again:
        again.wait_until_up()
        assert again.addresses == before
        assert again.visits() >= visits


def test_a_demo_that_is_killed_leaves_no_process_and_starts_again(tmp_path: Path) -> None:
    """The first time while it sets itself up, the second time in the midst of its work."""
    folder, out = tmp_path / "demo", tmp_path / "out"
    with demo(folder, out, "--no-visitors") as cut_short:
        wait_until((folder / "fleet").exists, "the set-up has begun")
        cut_short.process.kill()
    with demo(folder, out, "--no-visitors") as killed:
        killed.wait_until_up()
        family = killed.family()
        killed.process.kill()
        wait_until(lambda: all_gone(family), "everything ended with it", END_S)
    with demo(folder, out, "--no-visitors") as running:
        running.wait_until_up()
        with demo(folder, tmp_path / "second") as second:
            assert second.process.wait(END_S) == 1
        assert "runs in" in (tmp_path / "second").read_text(), "a second one on the same folder"
        assert "Traceback" not in (tmp_path / "second").read_text()
