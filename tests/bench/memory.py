"""Memory of a running agent and its camera child, beside a bare Python."""

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

SETTLED_S = 12.0
"""By then the camera is open and a card or two have been shown."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident megabytes; the unique part is what ending the process would give back."""

    bare: float
    agent: float
    agent_unique: float
    child: float
    child_unique: float


def measure() -> Memory:
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "agent.cli",
            "run",
            "--simulate",
            "--data",
            str(Path(folder) / "data"),
        ]
        with _running(command) as agent, _running([sys.executable, "-c", "input()"]) as bare:
            time.sleep(SETTLED_S)
            (child,) = agent.children()
            return Memory(_rss(bare), _rss(agent), _uss(agent), _rss(child), _uss(child))


@contextlib.contextmanager
def _running(command: list[str]) -> Iterator[psutil.Process]:
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)
        if process.stdin:
            process.stdin.close()


def _rss(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 1e6


def _uss(process: psutil.Process) -> float:
    return float(process.memory_full_info().uss) / 1e6
