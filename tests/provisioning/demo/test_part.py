"""A process of the demo is waited for, started again a few times, and gone at the end with all it started."""

import asyncio
import sys
import time
from pathlib import Path

import psutil
import pytest

from provisioning.demo.part import Part, PartFailedError, Parts, python

WAIT_S = 20.0


def part(tmp_path: Path, script: str, *, ready: str = "ready") -> Part:
    async def is_ready() -> bool:
        return (tmp_path / ready).exists()

    return Part(
        name="thing",
        command=(sys.executable, "-c", script, str(tmp_path)),
        log=tmp_path / "thing.log",
        ready=is_ready,
    )


SERVE = """
import os, pathlib, sys, time
home = pathlib.Path(sys.argv[1])
(home / f"pid-{os.getpid()}").touch()
(home / "ready").touch()
time.sleep(600)
"""
FAMILY = """
import os, pathlib, signal, subprocess, sys, time
home = pathlib.Path(sys.argv[1])
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
(home / f"pid-{os.getpid()}").touch()
(home / f"pid-{child.pid}").touch()
(home / "ready").touch()
time.sleep(600)
"""


def pids(tmp_path: Path) -> list[int]:
    return [int(path.name.removeprefix("pid-")) for path in tmp_path.glob("pid-*")]


async def until_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + WAIT_S
    while any(alive(pid) for pid in pids):
        assert time.monotonic() < deadline, f"left behind: {pids}"
        await asyncio.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def start_and_end(tmp_path: Path, script: str) -> None:
    parts = Parts()
    await parts.start(part(tmp_path, script))
    started = pids(tmp_path)
    assert started
    assert all(alive(pid) for pid in started)
    await parts.end()
    await until_gone(started)


@pytest.mark.parametrize("script", [SERVE, FAMILY])
def test_at_the_end_the_process_and_its_children_are_gone(tmp_path: Path, script: str) -> None:
    asyncio.run(start_and_end(tmp_path, script))


def test_a_process_that_dies_is_started_again(tmp_path: Path) -> None:
    async def body() -> None:
        parts = Parts()
        await parts.start(part(tmp_path, SERVE))
        (first,) = pids(tmp_path)
        psutil.Process(first).kill()
        deadline = time.monotonic() + WAIT_S
        while len(pids(tmp_path)) < 2:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        await parts.end()

    asyncio.run(body())


def test_a_process_that_always_ends_is_a_sentence_that_names_its_log(tmp_path: Path) -> None:
    async def body() -> None:
        parts = Parts()
        try:
            await parts.start(part(tmp_path, "print('no such thing'); raise SystemExit(3)"))
        finally:
            await parts.end()

    with pytest.raises(PartFailedError, match=r"ended 4 times \(last with 3\).*thing\.log \(no such thing\)"):
        asyncio.run(body())


def test_one_part_that_gives_up_ends_the_watch(tmp_path: Path) -> None:
    async def body() -> None:
        parts = Parts()
        try:
            await parts.start(part(tmp_path, SERVE + "\n", ready="ready"))
            await parts.start(part(tmp_path, "raise SystemExit(1)", ready="ready"))
            await parts.watch()
        finally:
            await parts.end()

    with pytest.raises(PartFailedError, match="ended 4 times"):
        asyncio.run(body())


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tethers processes on Linux only")
def test_when_the_demo_is_killed_its_processes_die_with_it(tmp_path: Path) -> None:
    demo = f"""
import asyncio, pathlib
from provisioning.demo.part import Part, Parts
async def ready():
    return pathlib.Path({str(tmp_path)!r}, "ready").exists()
async def main():
    await Parts().start(Part(name="x", command=({sys.executable!r}, "-c", {SERVE!r}, {str(tmp_path)!r}),
        log=pathlib.Path({str(tmp_path)!r}, "log"), ready=ready))
    pathlib.Path({str(tmp_path)!r}, "up").touch()
    await asyncio.sleep(600)
asyncio.run(main())
"""

    async def body() -> None:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", demo)
        deadline = time.monotonic() + WAIT_S
        while not (tmp_path / "up").exists():
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        process.kill()
        await process.wait()
        await until_gone(pids(tmp_path))

    asyncio.run(body())


def test_our_commands_run_in_this_python_and_not_from_the_folder_one_stands_in() -> None:
    assert python("agent.cli", "run")[:3] == (sys.executable, "-P", "-c")
