"""Memory of a running agent and its camera child, also while a card list comes in, beside a bare Python."""

import contextlib
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from agent.wire.topics import new_kiosk_id
from tests.bench.serving import another_disk, serving
from tests.broker import HOST, Mosquitto
from tests.server.kiosk import SEALING

FILL_S = 900.0
LOOK_S = 0.05
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


@dataclass(frozen=True, slots=True)
class FillMemory:
    """Resident megabytes of an agent, without its child."""

    cards: int
    idle: float
    """With no list."""
    most: float
    """While the list came in."""
    filled: int
    """Cards on its list in the end."""


def while_filling(cards: int, settled_s: float = SETTLED_S) -> FillMemory:
    """A simulated kiosk stands idle, then the broker comes up and the list comes in."""
    kiosk = new_kiosk_id()
    with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory(dir=another_disk()) as fleet:
        folder, server = Path(ours), Path(fleet)
        broker = Mosquitto(folder)
        config = _kiosk_config(folder, kiosk, broker.port)
        command = [sys.executable, "-m", "agent.cli", "run", "--simulate", "--config", str(config)]
        with _running([*command, "--insecure-demo"]) as agent:
            time.sleep(settled_s)
            idle = most = _rss(agent)
            with broker, serving(server, broker.port, [kiosk], cards=cards):
                end = time.monotonic() + FILL_S
                while (filled := _on_list(folder / "data" / "cards.db")) == 0 and time.monotonic() < end:
                    most = max(most, _rss(agent))
                    time.sleep(LOOK_S)
    return FillMemory(cards, idle, most, filled)


def _kiosk_config(folder: Path, kiosk: str, port: int) -> Path:
    (folder / "list.key").write_text("00" * 32)
    (folder / "sealing.pub").write_text(bytes(SEALING.public_key).hex())
    path = folder / "kiosk.toml"
    path.write_text(
        f'kiosk = "{kiosk}"\nvenue = "v-uimahalli"\ndata = "data"\ntrust_clock = true\n'
        f'allow_volatile_data = true\n[broker]\nhost = "{HOST}"\nport = {port}\n'
        '[cards]\nlist_key = "list.key"\nsealing_key = "sealing.pub"\n[screen]\nport = 0\n'
    )
    return path


def _on_list(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        row = connection.execute("SELECT count FROM heads WHERE name = 'live'").fetchone()
    return row[0] if row else 0


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
