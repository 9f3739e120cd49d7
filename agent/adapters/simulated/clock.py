"""Clock whose time passes when it is told to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from agent.core.moment import Moment

START: Final = Moment(
    boot_id="00000000-0000-0000-0000-000000000001",
    boottime_ms=10_000,
    wall_utc=datetime(2026, 11, 24, 6, 12, tzinfo=UTC),
    synced=True,
)


class SimulatedClock:
    def __init__(self, at: Moment = START) -> None:
        self._now = at

    def now(self) -> Moment:
        return self._now

    def advance(self, seconds: float) -> None:
        """Both clocks go on together."""
        self._now = replace(
            self._now,
            boottime_ms=self._now.boottime_ms + round(seconds * 1000),
            wall_utc=self._now.wall_utc + timedelta(seconds=seconds),
        )

    def set_calendar(self, utc: datetime, *, synced: bool) -> None:
        """The calendar jumps; the stopwatch does not."""
        self._now = replace(self._now, wall_utc=utc, synced=synced)
