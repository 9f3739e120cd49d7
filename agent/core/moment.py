"""A moment by all clocks of the kiosk: a stopwatch for waiting, a calendar for people and records."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from agent.wire.records import Stamp


@dataclass(frozen=True, slots=True)
class Moment:
    """``boottime_ms`` counts on through NTP's jumps; ``wall_utc`` may be years off until ``synced``."""

    boot_id: str
    boottime_ms: int
    wall_utc: datetime
    synced: bool

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

    def date_in(self, zone: ZoneInfo) -> date | None:
        """The venue's date, or ``None`` while the calendar cannot be trusted."""
        return self.wall_utc.astimezone(zone).date() if self.synced else None
