"""A digest that was kept unread and came again speaks of the day that it was written for."""

from datetime import timedelta

from server.adapters.database import Database
from server.domain.arrivals import BatchArrived
from tests.server.adapters.proved_fleet import LATER, MIDNIGHT, NEXT, NOON, Fleet
from tests.server.kiosk import KIOSK, batch, digest, opened, pair, scan

SOON = timedelta(minutes=5)
EVENING_BEFORE = MIDNIGHT - timedelta(hours=9)
LONG_AFTER = NEXT + timedelta(days=1, hours=10)


def test_it_closes_no_earlier_day_over_a_gap(database: Database) -> None:
    fleet = Fleet(database)
    fleet.send(EVENING_BEFORE, opened(EVENING_BEFORE))
    fleet.send(MIDNIGHT + SOON, digest(1, MIDNIGHT + SOON), first=1)
    fleet.send(NOON, scan(3, at=NOON), first=3)  # row 2 is missing
    at = NEXT + SOON
    unread = BatchArrived(KIOSK, at, batch([digest(4, at)], first=4, clock=pair(at)))
    fleet.store.write([unread], unread="not yet")
    fleet.send(at + timedelta(days=1), digest(5, at + timedelta(days=1)), first=5)
    fleet.clock.at = LATER + timedelta(days=1)
    assert "gap" in fleet.day().records.doubts
    fleet.send(LONG_AFTER, digest(4, at), first=4)
    assert fleet.day().records.doubts == ("gap",)
    assert fleet.day().records.expected == 3
