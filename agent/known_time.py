"""A clock that knows no less than it once knew: the last time that was right, and the stopwatch since.

A Pi without a battery wakes in the past. Until its calendar is set, cards are judged by this time: it lags
behind by as long as the kiosk was off and ten minutes more at most, so a card that has expired by it has
expired for certain. The server's receipts say what time it is, too; rows go on carrying the raw calendar.
"""

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from agent.core.moment import Moment
from agent.ports.clock import Clock
from agent.ports.journal import Journal, JournalError
from agent.wire.messages import ClockPair
from agent.worker import Worker

REMEMBER_S: Final = 600.0

log = logging.getLogger(__name__)


class KnownTime:
    """``clock`` with :attr:`~agent.core.moment.Moment.known_utc`; ``floor`` is what the journal kept."""

    def __init__(self, clock: Clock, floor: datetime | None) -> None:
        self._clock = clock
        self._utc = floor
        self._since_ms = clock.now().boottime_ms

    def told(self, heard: ClockPair) -> None:
        """By a receipt. Never back: what was known once stays known."""
        at = self.now()
        if at.synced or heard.boot_id != at.boot_id:
            return
        told = heard.utc + timedelta(milliseconds=at.boottime_ms - heard.boottime_ms)
        if at.known_utc is None or told > at.known_utc:
            self._utc, self._since_ms = heard.utc, heard.boottime_ms

    def now(self) -> Moment:
        at = self._clock.now()
        if at.synced:
            self._utc, self._since_ms = at.wall_utc, at.boottime_ms
            return at
        if self._utc is None:
            return at
        try:
            known = self._utc + timedelta(milliseconds=at.boottime_ms - self._since_ms)
        except OverflowError:  # somebody set the calendar to its very end
            known = self._utc
        return replace(at, known_utc=known)


@dataclass(kw_only=True)
class TimeKeeper:
    """Notes how late it is where nobody comes: the next start would else go back to the last visit."""

    clock: Clock
    journal: Journal
    writer: Worker
    every_s: float = REMEMBER_S

    async def run(self) -> None:
        while True:
            await asyncio.sleep(self.every_s)
            if (utc := self.clock.now().best_utc) is None:
                continue
            try:
                await self.writer.run(self.journal.remember, utc)
            except JournalError as error:  # the kiosk finds that out at the next scan, and says so
                log.error("how late it is cannot be noted: %s", error)  # noqa: TRY400  (the sentence says it all)
