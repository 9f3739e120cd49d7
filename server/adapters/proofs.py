"""Which kiosks stand behind a figure, and whether all of their records of those days are here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from server.adapters.books import read_books
from server.adapters.record_tables import rollups
from server.adapters.tables import assignments, venues
from server.domain.completeness import Proof, Prover, together
from server.domain.figures import SpanTooLong

MOST_KIOSK_DAYS: Final = 200_000
"""A year of 500 kiosks: 20 s and 340 MB day by day, on SQLite with a start and a digest a day."""


@dataclass(frozen=True, slots=True)
class _Stand:
    """A kiosk at a venue for a while; ``since`` and ``until`` bound what it can have seen there."""

    kiosk: str
    venue: str
    zone: ZoneInfo
    since: datetime
    until: datetime | None

    def there(self, start: datetime, end: datetime) -> bool:
        return self.since < end and (self.until is None or self.until > start)


class Proofs:
    """Of the local days from ``first`` to ``last``, both included, as of ``now``."""

    def __init__(
        self, connection: Connection, first: date, last: date, now: datetime, most: int = MOST_KIOSK_DAYS
    ) -> None:
        """Raises :class:`SpanTooLong` beyond ``most`` days of kiosks, before it reads their books."""
        self.first, self.last, self._now = first, last, now
        stands = _stands(connection)
        self._counted = _counted(connection, first, last)
        spans = [bounds(first, last, stand.zone) for stand in stands]
        self._stands = tuple(
            stand
            for stand, (start, end) in zip(stands, spans, strict=True)
            if stand.there(start, end) or (stand.kiosk, stand.venue) in self._counted
        )
        kiosks = {stand.kiosk for stand in self._stands}
        _refuse_more_than(most, (last - first).days + 1, len(kiosks))
        start = min((start for start, _ in spans), default=now)
        end = max((end for _, end in spans), default=now)
        books = read_books(connection, kiosks, start, end)
        self._provers = {kiosk: Prover(books[kiosk]) for kiosk in kiosks}
        self._proved: dict[tuple[str, datetime, datetime], Proof] = {}
        self._of_days: dict[date, Proof] = {}

    def of_venue(self, venue: str) -> Proof:
        return self._together(
            (stand for stand in self._stands if stand.venue == venue), self.first, self.last
        )

    def of_all(self) -> Proof:
        return self._together(self._stands, self.first, self.last)

    def of_day(self, day: date) -> Proof:
        if day not in self._of_days:  # each hour of it asks
            self._of_days[day] = self._together(self._stands, day, day)
        return self._of_days[day]

    def of_kiosk(self, kiosk: str, day: date) -> Proof:
        return self._together((stand for stand in self._stands if stand.kiosk == kiosk), day, day)

    def _together(self, stands: Iterable[_Stand], first: date, last: date) -> Proof:
        spans = {
            (stand.kiosk, *bounds(first, last, stand.zone))
            for stand in stands
            if stand.there(*bounds(first, last, stand.zone)) or (stand.kiosk, stand.venue) in self._counted
        }
        return together(self._prove(kiosk, start, end) for kiosk, start, end in sorted(spans))

    def _prove(self, kiosk: str, start: datetime, end: datetime) -> Proof:
        """Once, though its venue, its day and the whole ask for it."""
        span = kiosk, start, end
        if span not in self._proved:
            self._proved[span] = self._provers[kiosk].prove(start, end, self._now)
        return self._proved[span]


def _refuse_more_than(most: int, days: int, kiosks: int) -> None:
    if days * kiosks > most:
        raise SpanTooLong(
            f"{days} days of {kiosks} kiosks are more than one answer proves."
            f" Ask for at most {max(1, most // kiosks)} days at once."
        )


@lru_cache(maxsize=10_000)
def bounds(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From midnight to midnight of the place: 23 or 25 hours apart where the clocks were changed."""
    midnights = (
        datetime(day.year, day.month, day.day, tzinfo=zone) for day in (first, last + timedelta(days=1))
    )
    start, end = (midnight.astimezone(UTC) for midnight in midnights)
    return start, end


def _stands(connection: Connection) -> list[_Stand]:
    rows = connection.execute(
        select(
            assignments.c.kiosk_id,
            venues.c.id,
            venues.c.time_zone,
            assignments.c.valid_from,
            assignments.c.valid_to,
        )
        .join(venues, venues.c.id == assignments.c.venue_id)
        .order_by(assignments.c.id)
    )
    return [_Stand(kiosk, venue, ZoneInfo(zone), since, until) for kiosk, venue, zone, since, until in rows]


def _counted(connection: Connection, first: date, last: date) -> set[tuple[str, str]]:
    """(kiosk, venue) that have figures of those days, whatever the assignments say of the time."""
    rows = connection.execute(
        select(rollups.c.kiosk_id, rollups.c.venue_id).where(rollups.c.day.between(first, last)).distinct()
    )
    return {(kiosk, venue) for kiosk, venue in rows}
