"""A clock that knows no less than it once knew: the last time that was right, and the stopwatch since.

A Pi without a battery wakes in the past. Until its calendar is set, cards are judged by this time: it lags
behind by as long as the kiosk was off and ten minutes more at most, so a card that has expired by it has
expired for certain. It never runs backwards but for two who know better: the server, whose receipts say what
time it is, and a set calendar that lies so far back that the time known before cannot have been right.
Rows go on carrying the raw calendar.
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
ALIKE: Final = timedelta(hours=1)
"""What calendar and server may differ by: a receipt comes late, a stopwatch drifts."""
FAR: Final = timedelta(days=7)
"""No server of time goes so far back. A calendar that ran a year ahead was put right, then."""

log = logging.getLogger(__name__)


class KnownTime:
    """``clock`` with :attr:`~agent.core.moment.Moment.known_utc`; ``floor`` is what the journal kept."""

    def __init__(self, clock: Clock, floor: datetime | None) -> None:
        self._clock = clock
        since_ms = clock.now().boottime_ms
        self._known = None if floor is None else (floor, since_ms)
        self._told: tuple[datetime, int] | None = None
        """By the server, in this boot. Both are a time and the stopwatch at it."""
        self._at_least = True

    def told(self, heard: ClockPair) -> None:
        """By a receipt."""
        if heard.boot_id == self._clock.now().boot_id:
            self._told = heard.utc, heard.boottime_ms

    def now(self) -> Moment:
        at = self._clock.now()
        told = _reached(self._told, at)
        best = best_of(at, _reached(self._known, at), told)
        if best is None:
            return at
        sure = sure_of(at, told)
        if sure is not None and sure < best:
            at = replace(at, sure_utc=sure)
        self._known = best, at.boottime_ms
        self._at_least = self._at_least and not at.synced and self._told is None
        if at.synced and best == at.wall_utc:
            return at
        return replace(at, known_utc=best, at_least=self._at_least)


def best_of(at: Moment, known: datetime | None, told: datetime | None) -> datetime | None:
    """``known`` is what was known before and ``told`` the server's word, both for the moment ``at``."""
    believed = at.synced and (told is None or abs(at.wall_utc - told) <= ALIKE)
    now = at.wall_utc if believed else told
    if known is None or now is None:
        return now or known
    ahead = known - (told or now)
    return now if ahead > (FAR if told is None else ALIKE) else max(now, known)


def sure_of(at: Moment, told: datetime | None) -> datetime | None:
    """The earliest that the server may take ``at`` for: it does not believe calendars that run ahead."""
    if told is None:
        return at.wall_utc if at.synced else None
    return min(told, at.wall_utc) if at.synced and abs(at.wall_utc - told) <= ALIKE else told


def _reached(known: tuple[datetime, int] | None, at: Moment) -> datetime | None:
    """By the stopwatch."""
    if known is None:
        return None
    utc, since_ms = known
    try:
        return utc + timedelta(milliseconds=at.boottime_ms - since_ms)
    except OverflowError:  # somebody set the calendar to its very end
        return utc


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
