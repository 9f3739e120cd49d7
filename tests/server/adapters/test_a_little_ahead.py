"""A kiosk whose calendar is a little ahead of the server's has its days proved like any other."""

from datetime import timedelta
from typing import Final

import pytest

from agent.core.passing_time import SURE_S
from agent.wire.records import Record
from server.adapters.database import Database
from server.domain.arrivals import BatchArrived
from server.domain.completeness import Proof
from server.domain.seen import AHEAD
from tests.server.adapters.proved_fleet import LATER, MIDNIGHT, NEXT, NOON, Fleet
from tests.server.kiosk import KIOSK, batch, digest, opened, pair, scan

TRANSIT: Final = timedelta(milliseconds=20)
SURE: Final = timedelta(seconds=SURE_S)
"""After midnight, when a kiosk writes its digest."""


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(seconds=0.2), timedelta(seconds=30), AHEAD])
def test_its_days_are_whole_once_they_are_over(database: Database, ahead: timedelta) -> None:
    fleet = Fleet(database)
    rows: list[Record] = [
        opened(MIDNIGHT - timedelta(hours=9)),
        digest(1, MIDNIGHT + SURE),
        scan(2, at=NOON),
        scan(3, at=NOON),
        digest(4, NEXT + SURE),
    ]
    for row in rows:
        said = row.clock.wall_utc
        fleet.store.write([BatchArrived(KIOSK, said - ahead + TRANSIT, batch([row], clock=pair(said)))])
    fleet.clock.at = LATER
    assert fleet.day().records == Proof(here=3, expected=3, as_of=NEXT)
