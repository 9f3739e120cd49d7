"""Days when the clocks change: each visit on its side of midnight, and each day proved by its own end."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from server.adapters.database import Database
from server.adapters.proofs import bounds
from server.domain.completeness import Proof
from tests.server.adapters.proved_fleet import Fleet
from tests.server.kiosk import digest, opened, scan
from tests.server.stored_fleet import HELSINKI

SECOND: Final = timedelta(seconds=1)
DAYS: Final = [
    (date(2026, 3, 29), 23, "2026-03-28T22:00", "2026-03-29T21:00"),
    (date(2026, 10, 25), 25, "2026-10-24T21:00", "2026-10-25T22:00"),
    (date(2026, 11, 24), 24, "2026-11-23T22:00", "2026-11-24T22:00"),
]


@pytest.fixture(params=DAYS, ids=["23 hours", "25 hours", "24 hours"])
def changed(request: pytest.FixtureRequest) -> tuple[date, int, datetime, datetime]:
    """The day, its hours, its first moment and that of the next one."""
    day, hours, first, end = request.param
    return day, hours, *(datetime.fromisoformat(at).replace(tzinfo=UTC) for at in (first, end))


@pytest.fixture
def fleet(database: Database, changed: tuple[date, int, datetime, datetime]) -> Fleet:
    """Its kiosk was added two days before."""
    return Fleet(database, changed[2])


def test_it_lasts_as_long_as_it_does(changed: tuple[date, int, datetime, datetime]) -> None:
    day, hours, first, end = changed
    assert bounds(day, day, HELSINKI) == (first, end)
    assert end - first == timedelta(hours=hours)


def test_visits_fall_on_their_side_of_midnight_and_the_day_is_proved_once_it_is_over(
    fleet: Fleet, changed: tuple[date, int, datetime, datetime]
) -> None:
    day, hours, first, end = changed
    fleet.send(first - SECOND, opened(first - timedelta(hours=9)), scan(1, at=first - SECOND))
    fleet.send(first, digest(2, first))
    every_hour = [first + timedelta(hours=hour) for hour in range(hours)]
    fleet.send(end - SECOND, *(scan(3 + hour, at=at) for hour, at in enumerate(every_hour)))
    fleet.send(end - SECOND, scan(3 + hours, at=end - SECOND), first=3 + hours)
    fleet.send(end - SECOND, digest(4 + hours, end - SECOND), first=4 + hours)
    fleet.clock.at = end + SECOND
    assert fleet.day(day).records.doubts == ("no_digest",)  # it was written before the day was over
    fleet.send(end, scan(5 + hours, at=end), first=5 + hours)
    fleet.send(end + SECOND, digest(6 + hours, end), first=6 + hours)
    assert [row.visits for row in fleet.day(day).rows] == [hours + 1]
    assert fleet.day(day).records == Proof(here=hours + 4, expected=hours + 4, as_of=end)
    by_hour = fleet.figures.summary(day, day, "hour").rows
    assert sum(row.visits for row in by_hour) == hours + 1
    assert len(by_hour) == min(hours, 24)  # the hour that autumn repeats holds both its halves
    before, after = (fleet.day(other).rows[0].visits for other in (day - timedelta(1), day + timedelta(1)))
    assert (before, after) == (1, 1)
