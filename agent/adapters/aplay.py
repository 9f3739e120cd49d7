"""Loudspeaker on ALSA: each sound is one run of Debian's ``aplay``, which can be killed where a driver hangs.

A library would play in the agent's own process: a device that stands still would hold a thread of it for
ever, and a fault would end it.
"""

import contextlib
import logging
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from agent.sound import NoSoundError, Sound, read_wav, turned_down
from agent.told import ToldError

APLAY: Final = "aplay"
SLACK_S: Final = 3.0
"""What a device may need beyond the sound's own length, before it is taken for one that hangs."""
KILLED_S: Final = 1.0
"""A player that a kill does not end by then stands in the kernel; nobody waits for it."""

log = logging.getLogger(__name__)


class _PlayerError(ToldError):
    """The text says why nothing was heard."""


@dataclass(frozen=True, slots=True)
class _Job:
    what: Sound | Path
    decibels: float

    @property
    def is_tone(self) -> bool:
        return isinstance(self.what, Sound)


class AlsaLoudspeaker:
    """``device`` is a name of ALSA's (``aplay -L``); ``faults`` counts what was not heard to its end."""

    def __init__(self, device: str, *, program: str = APLAY, slack_s: float = SLACK_S) -> None:
        self.faults = 0
        self._command = (program, "-q", "-D", device, "-t", "raw", "-f", "S16_LE")
        self._slack_s = slack_s
        self._fault = ""
        self._lock = threading.Condition()
        self._idle = False
        self._waiting: list[_Job] = []
        self._now: _Job | None = None
        self._cut = False
        self._closed = False
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._run, name="loudspeaker", daemon=True)
        self._thread.start()

    def sound(self, tone: Sound, decibels: float) -> None:
        self._change(_Job(tone, decibels), keep_tone=False)

    def speak(self, prompt: Path, decibels: float) -> None:
        self._change(_Job(prompt, decibels), keep_tone=True)

    def hush(self) -> None:
        self._change(None, keep_tone=False)

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = self._cut = True
            os.eventfd_write(self._wake, 1)
        self._thread.join(KILLED_S * 2)
        if not self._thread.is_alive():
            os.close(self._wake)

    def heard_out(self) -> str:
        """Wait until nothing sounds and nothing waits; why the last sound was not heard, or nothing."""
        with self._lock:
            self._lock.wait_for(lambda: self._idle or self._closed)
            return self._fault

    def _change(self, job: _Job | None, *, keep_tone: bool) -> None:
        with self._lock:
            if self._closed:
                return
            self._waiting = [waiting for waiting in self._waiting if keep_tone and waiting.is_tone]
            if job:
                self._waiting.append(job)
                self._idle = False
            if self._now and not (keep_tone and self._now.is_tone):
                self._cut = True
            os.eventfd_write(self._wake, 1)

    def _run(self) -> None:
        while (job := self._next()) is not None:
            try:
                self._play(job)
            except (ToldError, OSError) as error:
                self._failed(str(error))

    def _next(self) -> _Job | None:
        while True:
            with self._lock:
                self._now, self._cut = None, False
                if self._closed:
                    return None
                if self._waiting:
                    self._now = self._waiting.pop(0)
                    return self._now
                self._idle = True
                self._lock.notify_all()
            self._wait(None)

    def _wait(self, process: int | None, seconds: float | None = None) -> bool:
        """Until something changed, ``process`` (a pidfd) ended, or time is up; whether it has ended."""
        watched = [self._wake] if process is None else [self._wake, process]
        ready, _, _ = select.select(watched, (), (), seconds)
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self._wake)
        return process in ready

    def _play(self, job: _Job) -> None:
        sound = job.what if isinstance(job.what, Sound) else _read(job.what)
        with _in_memory() as samples, _in_memory() as complaints:
            for chunk in turned_down(sound, job.decibels):
                samples.write(chunk)
            samples.seek(0)
            format_ = ("-r", str(sound.rate), "-c", str(sound.channels), "-")
            try:
                process = subprocess.Popen(  # noqa: S603  (no shell; the device's name is one argument)
                    (*self._command, *format_),
                    stdin=samples,
                    stdout=subprocess.DEVNULL,
                    stderr=complaints,
                    start_new_session=True,
                )
            except FileNotFoundError:
                raise _PlayerError(
                    f"{self._command[0]} is missing: sudo apt-get install alsa-utils"
                ) from None
            try:
                ended = self._hear_out(process, sound.seconds + self._slack_s)
            finally:
                _end(process)
            if ended and process.returncode:
                complaints.seek(0)
                said = complaints.read(2000).decode(errors="replace").strip().splitlines()
                raise _PlayerError(
                    f"{self._command[0]} ended with {process.returncode}. {' '.join(said[-1:])}"
                )
        if ended and self._fault:
            self._fault = ""
            log.info("there is sound again")

    def _hear_out(self, process: "subprocess.Popen[bytes]", seconds: float) -> bool:
        """Whether it came to its own end; ``False`` where it was cut short."""
        until = time.monotonic() + seconds
        ended = os.pidfd_open(process.pid)
        try:
            while (left := until - time.monotonic()) > 0:
                if self._wait(ended, left):
                    process.wait()
                    return True
                with self._lock:
                    if self._cut:
                        return False
        finally:
            os.close(ended)
        raise _PlayerError(f"{self._command[0]} did not come to an end: the device hangs or is busy")

    def _failed(self, why: str) -> None:
        """Once for each reason: a kiosk without its loudspeaker would fill the log."""
        self.faults += 1
        if why != self._fault:
            self._fault = why
            log.warning("no sound: %s", why)


def _read(prompt: Path) -> Sound:
    try:
        return read_wav(prompt.read_bytes())
    except NoSoundError as error:
        raise NoSoundError(f"{prompt} {error}") from None


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(KILLED_S)


@contextlib.contextmanager
def _in_memory() -> Iterator[IO[bytes]]:
    with os.fdopen(os.memfd_create("sound"), "w+b") as file:
        yield file
