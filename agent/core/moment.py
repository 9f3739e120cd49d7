"""A moment by all clocks of the kiosk: a stopwatch for waiting, a calendar for people and records."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from agent.wire.messages import ClockPair, ClockSource
from agent.wire.records import Stamp


@dataclass(frozen=True, slots=True)
class Moment:
    """``boottime_ms`` counts on through NTP's jumps; ``wall_utc`` may be years off until ``synced``."""

    boot_id: str
    boottime_ms: int
    wall_utc: datetime
    synced: bool
    known_utc: datetime | None = None
    """The best time known, where that is another than a calendar in time: see :mod:`agent.known_time`."""
    at_least: bool = False
    """The best time known is of an earlier boot: nothing has said yet how long the kiosk was off."""
    sure_utc: datetime | None = None
    """A time that has come by the server's clock, too, where the best time known may be ahead of that."""

    @property
    def seconds(self) -> float:
        """The stopwatch. Every waiting time of the core is a difference of two of these."""
        return self.boottime_ms / 1000

    def stamp(self) -> Stamp:
        return Stamp(
            boot_id=self.boot_id,
            boottime_ms=self.boottime_ms,
            wall_utc=self.wall_utc,
            synced=self.synced,
        )

    def pair(self, source: ClockSource) -> ClockPair:
        """``source`` is who is believed to set the calendar where it is in time."""
        return ClockPair(
            boot_id=self.boot_id,
            boottime_ms=self.boottime_ms,
            utc=self.wall_utc,
            source=source if self.synced else "none",
        )

    @property
    def best_utc(self) -> datetime | None:
        """The best time known; ``None`` where none is."""
        return self.wall_utc if self.known_utc is None and self.synced else self.known_utc

    def date_in(self, zone: ZoneInfo) -> date | None:
        """The venue's date by the best time known, or ``None`` where none is."""
        best = self.best_utc
        return best.astimezone(zone).date() if best else None
