"""The alerts' shell: looks at the facts, and tells the fleet what has come up and what is over."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from agent.core.alerts import ALERTS, AlertName, Facts, Limits, Waiting, alerts_up, is_alone
from agent.core.moment import Moment
from agent.core.state import Trouble
from agent.ports.clock import Clock
from agent.ports.journal import Journal, JournalError
from agent.wire.messages import Alert, encode
from agent.wire.topics import of_alert

TICK_S: Final = 1.0
COUNT_S: Final = 60.0
DETAIL_CHARS: Final = 256

log = logging.getLogger(__name__)


def waiting_in(journal: Journal) -> Waiting:
    """A transaction or two of the journal's: for its own thread."""
    return Waiting(sum(rows for _, rows in journal.waiting()), journal.oldest_waiting())


@dataclass(kw_only=True)
class Alerts:
    """``publish`` hands (leaf, payload) to the link, to be retained; the rest comes from the parts at work.

    ``forgetful`` says why the memory is not to be relied on, ``waiting`` asks the journal, ``list_age_s``
    the card list.
    """

    publish: Callable[[str, bytes], None]
    clock: Clock
    troubles: Callable[[], frozenset[Trouble]]
    forgetful: Callable[[], str]
    waiting: Callable[[], Awaitable[Waiting]]
    list_age_s: Callable[[Moment], float | None]
    limits: Limits
    _up: dict[AlertName, Alert] = field(default_factory=dict)
    _waits: Waiting | None = None
    """``None`` until it was asked for once."""
    _camera_lost_at: float | None = None
    _taken_over: bool = False
    _connected_at: float | None = None
    _all: bool = False
    """All is to be said anew, and what is not up to be cleared: an earlier start may have left it."""

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._count())
            tasks.create_task(self._tick())

    def connected(self) -> None:
        self._connected_at, self._all = self.clock.now().seconds, True

    def disconnected(self, *, taken_over: bool) -> None:
        self._connected_at = None
        self._taken_over |= taken_over

    def another_spoke(self) -> None:
        """Another client has said something under this kiosk's name."""
        self._taken_over = True

    def server_came(self) -> None:
        """It may have missed that an alert was cleared: of that nothing is retained."""
        self._all = True

    async def _count(self) -> None:
        while True:
            try:
                self._waits = await self.waiting()
            except JournalError as error:
                log.error("what waits cannot be counted: %s", error)  # noqa: TRY400  (the sentence says it all)
                self._waits = self._waits or Waiting()
            await asyncio.sleep(COUNT_S)

    async def _tick(self) -> None:
        while True:
            if self._waits is not None:
                self._look(self._waits)
            await asyncio.sleep(TICK_S)

    def _look(self, waits: Waiting) -> None:
        now, troubles = self.clock.now(), self.troubles()
        if "eyes" not in troubles:
            self._camera_lost_at = None
        elif self._camera_lost_at is None:
            self._camera_lost_at = now.seconds
        self._taken_over &= not is_alone(self._connected_at, now.seconds)
        facts = Facts(
            disk_fails="storage" in troubles,
            forgetful=self.forgetful(),
            camera_lost_at=self._camera_lost_at,
            taken_over=self._taken_over,
            waiting=waits,
            connected_at=self._connected_at,
            list_age_s=self.list_age_s(now),
        )
        before, self._up = self._up, {}
        for name, detail in alerts_up(facts, now, self.limits).items():
            known = before.get(name)
            since = known.since if known else now.best_utc
            self._up[name] = Alert(since=since, detail=detail[:DETAIL_CHARS])
        self._tell(before)

    def _tell(self, before: dict[AlertName, Alert]) -> None:
        for name in ALERTS:
            alert = self._up.get(name)
            if alert and name not in before:
                log.warning("alert %s: %s", name, alert.detail)
            elif name in before and not alert:
                log.info("alert %s is over", name)
            if self._connected_at is not None and (self._all or alert != before.get(name)):
                self.publish(of_alert(name), encode(alert) if alert else b"")
        if self._connected_at is not None:
            self._all = False
