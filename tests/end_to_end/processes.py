"""Starting, watching, stopping and killing the programs of a fleet, by their own process ids."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

DEADLINE_S = 120.0
LONGEST_PAUSE_S = 0.2


def wait_until(true: Callable[[], bool], what: str, deadline_s: float = DEADLINE_S) -> None:
    """Poll, ever less often: who is asked may be busy. A deadline is the end of patience, no measurement."""
    end = time.monotonic() + deadline_s
    pause_s = 0.01
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline_s:g} s: {what}")
        time.sleep(pause_s)
        pause_s = min(1.3 * pause_s, LONGEST_PAUSE_S)


class Program:
    """One program of the project (``module`` is run with ``-m``) or any other command."""

    def __init__(self, name: str, command: Sequence[str | Path], log: Path, env: Mapping[str, str]) -> None:
        self.name = name
        self._command = [str(part) for part in command]
        self._log = log
        self._env = {**os.environ, "PYTHONUNBUFFERED": "1", **env}
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self.lines: list[str] = []
        """What it printed on standard output, over all its lives."""

    @classmethod
    def of_module(cls, module: str, *arguments: str | Path, log: Path, **env: str) -> Self:
        return cls(module, [sys.executable, "-m", module, *arguments], log, env)

    def start(self, env: Mapping[str, str] | None = None) -> Self:
        """``env`` is added for this life alone."""
        assert self._process is None
        with self._log.open("a") as errors:
            self._process = subprocess.Popen(
                self._command,
                env={**self._env, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()
        return self

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def said(self, start: str) -> list[str]:
        return [line for line in self.lines if line.startswith(start)]

    def wait_for_line(self, start: str, count: int = 1) -> str:
        """The ``count``-th line that begins so."""
        wait_until(
            lambda: len(self.said(start)) >= count or self.ended, f"{self.name} says {start!r} times {count}"
        )
        assert len(self.said(start)) >= count, f"{self.name} ended:\n{self._log.read_text()[-4000:]}"
        return self.said(start)[count - 1]

    def stop(self) -> int:
        """Ask it to end; gives the exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    @property
    def ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def cut(self) -> None:
        """Tell a process that plays a power cut to have it now."""
        if self._process is not None:
            self._process.send_signal(signal.SIGUSR2)

    def reap(self) -> int:
        """Wait for the end that it comes to by itself; gives the exit code."""
        return self._end(None)

    def _end(self, number: signal.Signals | None) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        if number is not None:
            process.send_signal(number)
        code = process.wait(DEADLINE_S)
        if self._reader:
            self._reader.join(DEADLINE_S)
        if process.stdout:
            process.stdout.close()
        return code

    def _read(self, process: "subprocess.Popen[str]") -> None:
        if process.stdout:
            for line in process.stdout:
                self.lines.append(line.rstrip("\n"))


def run_module(module: str, *arguments: str | Path, **env: str) -> str:
    """Run a command of the project to its end; gives what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0, f"{module} {arguments}:\n{done.stdout}{done.stderr}"
    return done.stdout
