"""The kiosk's machine: power, clocks and disk, each of which can fail."""

import asyncio
import random
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

from agent.adapters.sqlite_journal import SqliteJournal
from agent.core.moment import Moment
from agent.ports.journal import JournalError
from agent.worker import Worker

P = ParamSpec("P")
R = TypeVar("R")

FACTORY: Final = datetime(2025, 1, 1, tzinfo=UTC)
"""Where a calendar without a battery begins at each boot."""
UPTIME_S: Final = 15.0
"""From power to the agent's first line."""
COMMIT_S: Final = 0.01


@dataclass
class Device:
    """``true_now`` is what nobody in the venue knows for sure."""

    true_now: Callable[[], datetime]
    boots: dict[str, datetime] = field(default_factory=dict)
    """When the stopwatch of each boot stood at 0, in truth."""
    synced: bool = True
    off_by: timedelta = timedelta(0)
    """By how much a calendar that says it is in time is wrong."""
    ahead: timedelta = timedelta(0)
    """Of the server's clock, for ever: no two clocks agree."""
    disk_full: bool = False
    next_commit_s: float = COMMIT_S
    _boot: str = ""

    def boot(self, *, synced: bool) -> None:
        self._boot = f"boot-{len(self.boots) + 1}"
        self.boots[self._boot] = self.true_now() - timedelta(seconds=UPTIME_S)
        self.synced = synced

    def now(self) -> Moment:
        since = self.true_now() - self.boots[self._boot]
        return Moment(
            boot_id=self._boot,
            boottime_ms=round(since.total_seconds() * 1000),
            wall_utc=self.true_now() + self.off_by + self.ahead if self.synced else FACTORY + since,
            synced=self.synced,
        )

    def commit_s(self) -> float:
        """How long the disk takes this time."""
        took, self.next_commit_s = self.next_commit_s, COMMIT_S
        return took


class DeviceJournal(SqliteJournal):
    """The real one, on a disk that can be full."""

    def __init__(self, path: Path, device: Device) -> None:
        self._device = device
        super().__init__(path)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        if self._device.disk_full:
            raise JournalError("the venue's disk is full")
        with super()._transaction():
            yield


class DeviceWorker(Worker):
    """Does what it is given in order, each after the disk's time, in the loop; power may go at any moment."""

    def __init__(self, device: Device, chance: random.Random) -> None:
        self._device = device
        self._chance = chance
        self._free_at = 0.0
        self._dead = False

    async def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        waiting: asyncio.Future[R] = asyncio.get_running_loop().create_future()

        def done(future: "Future[R]") -> None:
            if waiting.cancelled():
                return
            error = future.exception()
            if error is None:
                waiting.set_result(future.result())
            else:
                waiting.set_exception(error)

        self.submit(lambda: work(*args, **kwargs), done)
        return await waiting

    def submit(self, work: Callable[[], R], done: Callable[["Future[R]"], None]) -> None:
        loop = asyncio.get_running_loop()
        self._free_at = max(loop.time(), self._free_at) + self._device.commit_s()
        loop.call_at(self._free_at, self._do, work, done)

    def close(self) -> None:
        """The power is gone."""
        self._dead = True

    def _do(self, work: Callable[[], R], done: Callable[["Future[R]"], None]) -> None:
        if self._dead:
            return
        future: Future[R] = Future()
        try:
            future.set_result(work())
        except Exception as error:  # noqa: BLE001  (handed over, as a thread would)
            future.set_exception(error)
        # Between the commit and the light the power may go, too.
        asyncio.get_running_loop().call_later(self._chance.uniform(0.001, 0.05), self._tell, future, done)

    def _tell(self, future: "Future[R]", done: Callable[["Future[R]"], None]) -> None:
        if not self._dead:
            done(future)
