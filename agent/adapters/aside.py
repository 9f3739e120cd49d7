"""Work beside the frames: one job at a time in a thread that gives way to everything else."""

import os
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

NICE = 10
T = TypeVar("T")


class Aside(Protocol[T]):
    def start(self, job: Callable[[], T]) -> bool:
        """Begin; ``False`` where the job before is not done yet."""
        ...

    def done(self) -> T | None:
        """What the last job gave, once. Raises what it raised."""
        ...


class AsideThread(Generic[T]):
    """Both engines, numpy and Pillow let go of the interpreter's lock while they work."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], T]] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[tuple[T] | Exception] = queue.SimpleQueue()
        self._busy = False
        threading.Thread(target=self._work, name="rescue", daemon=True).start()

    def start(self, job: Callable[[], T]) -> bool:
        if self._busy:
            return False
        self._busy = True
        self._jobs.put(job)
        return True

    def done(self) -> T | None:
        with suppress(queue.Empty):
            outcome = self._results.get_nowait()
            self._busy = False
            if isinstance(outcome, Exception):
                raise outcome
            return outcome[0]
        return None

    def _work(self) -> None:
        with suppress(OSError):
            # Of this thread alone, on Linux: where cores are few the next first look goes before.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        while True:
            self._results.put(_outcome(self._jobs.get()))


def _outcome(job: Callable[[], T]) -> tuple[T] | Exception:
    """A thread that dies does so in silence, and with the words of its error, which may hold a text."""
    try:
        return (job(),)
    except Exception as error:  # noqa: BLE001  (raised again where the result is asked for)
        return error


class AsideAtOnce(Generic[T]):
    """The twin for tests and measurements: done before ``start`` returns."""

    def __init__(self) -> None:
        self._result: T | None = None

    def start(self, job: Callable[[], T]) -> bool:
        self._result = job()
        return True

    def done(self) -> T | None:
        result, self._result = self._result, None
        return result
