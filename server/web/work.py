"""Files that are read and imports that are undone beside their requests: an answer waits to be fetched."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from server.domain.uploads import Step, Tell

AT_ONCE: Final = 4
MOST: Final = 100
QUICK_S: Final = 1.0
"""What takes no longer is answered at once."""


@dataclass(slots=True)
class Job:
    what: str
    """A file's name, or words for what is done."""
    future: Future[Response] | None = None
    step: Step | None = None
    """``None`` while it waits for others to end."""

    def note(self, step: Step) -> None:
        self.step = step

    @property
    def is_over(self) -> bool:
        return self.future is not None and self.future.done()

    def answer(self, seconds: float = 0) -> Response | None:
        """``None`` while it is under way. Raises what the work raised."""
        if self.future is None or not wait([self.future], seconds).done:
            return None
        return self.future.result()


class Work:
    """Remembers the newest in memory alone."""

    def __init__(self, quick_s: float = QUICK_S) -> None:
        self._quick_s = quick_s
        self._threads = ThreadPoolExecutor(AT_ONCE, "file")
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, what: str, act: Callable[[Tell], Response]) -> tuple[str, Response | None]:
        """The name of the job, and its answer where that is quick."""
        name, job = secrets.token_urlsafe(16), Job(what)
        job.future = self._threads.submit(copy_context().run, act, job.note)  # in the language of its request
        with self._lock:
            self._jobs[name] = job
            while len(self._jobs) > MOST:
                self._jobs.popitem(last=False)
        return name, job.answer(self._quick_s)

    def job(self, name: str) -> Job | None:
        """``None``: it was long ago, or the server was started anew."""
        with self._lock:
            return self._jobs.get(name)
