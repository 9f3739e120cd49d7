"""Which day a digest closes where the kiosk's calendar is wrong or missing."""

from datetime import datetime, timedelta

import msgspec
import pytest

from agent.wire.records import Record
from server.adapters.database import Database
from server.domain.arrivals import BatchArrived
from server.domain.completeness import Proof
from tests.server.adapters.proved_fleet import DAY, LATER, MIDNIGHT, NEXT, NOON, SOON, Fleet
from tests.server.kiosk import KIOSK, LONG_AGO, batch, digest, follows, opened, pair, scan, stamp, stopwatch


@pytest.fixture
def fleet(database: Database) -> Fleet:
    return Fleet(database)


def test_a_clock_a_year_ahead_proves_nothing_that_is_still_to_come(fleet: Fleet) -> None:
    ahead = timedelta(days=365)
    fleet.clock.at = NOON
    rows = (opened(NOON + ahead), digest(1, NOON + ahead))
    sent = msgspec.structs.replace(batch(rows), clock=pair(NOON + ahead))
    fleet.store.write([BatchArrived(KIOSK, NOON, sent)])
    fleet.clock.at = LATER
    assert fleet.day().records.doubts == ("no_digest",)


def test_a_digest_of_a_calendar_a_year_ahead_that_another_boot_sends_speaks_of_no_day(fleet: Fleet) -> None:
    wrong = stamp(NOON + timedelta(days=365), boottime_ms=stopwatch(NOON), boot="boot-2")
    later = NOON + timedelta(days=4)
    rows = [msgspec.structs.replace(row, clock=wrong) for row in (opened(), scan(1), digest(2, NOON))]
    fleet.send_late(later, *rows, boot="boot-3")
    for days in range(4):
        assert fleet.day(DAY + timedelta(days=days)).records.doubts == ("no_digest",)
    fleet.send(later, follows(1, 2, later), digest(1, later), number=2)
    assert fleet.day(DAY + timedelta(days=3)).records == Proof(5, 5, MIDNIGHT + timedelta(days=4))


def test_a_calendar_a_day_back_hides_no_hole_below_its_digest(fleet: Fleet) -> None:
    back = NEXT + SOON - timedelta(days=1)
    fleet.send(MIDNIGHT + SOON - timedelta(days=1), opened(MIDNIGHT - timedelta(days=1)))
    fleet.send(NOON, scan(1, at=NOON), scan(2, at=NOON))
    fleet.clock.at = NEXT + SOON
    told = stamp(back, boottime_ms=stopwatch(NEXT + SOON))
    rows = [msgspec.structs.replace(digest(5, back), clock=told)]
    clock = msgspec.structs.replace(pair(NEXT + SOON), utc=back)
    fleet.store.write([BatchArrived(KIOSK, NEXT + SOON, batch(rows, first=5, clock=clock))])
    proof = fleet.day().records
    assert (proof.here, proof.expected, proof.doubts) == (4, 6, ("gap",))


def test_a_digest_that_an_earlier_record_of_its_boot_contradicts_speaks_of_no_day(fleet: Fleet) -> None:
    back = stamp(NEXT + SOON - timedelta(days=1), boottime_ms=stopwatch(NEXT + SOON))
    told = msgspec.structs.replace(digest(2, NEXT), clock=back)
    fleet.send_late(LATER, opened(NOON), scan(1, at=NOON), told, boot="boot-2")
    assert fleet.day().records.doubts == ("no_digest",)
    assert fleet.day(DAY - timedelta(days=1)).records.doubts == ("no_digest",)


@pytest.mark.parametrize("at_once", [True, False])
def test_the_digests_of_a_kiosk_without_a_calendar_are_dated_by_what_the_server_heard(
    fleet: Fleet, at_once: bool
) -> None:
    """Of its boot. A boot of which nobody heard anything proves nothing."""
    began = MIDNIGHT - timedelta(hours=9)
    unset = pair(LONG_AGO, boottime_ms=stopwatch(NEXT + SOON), synced=False)

    def written(row: Record, at: datetime) -> Record:
        clock = stamp(LONG_AGO, synced=False, boottime_ms=stopwatch(at))
        return msgspec.structs.replace(row, clock=clock)

    rows = [
        written(row, at)
        for row, at in (
            (opened(), began),
            (digest(1, MIDNIGHT), MIDNIGHT + SOON),
            (scan(2), NOON),
            (digest(3, NEXT), NEXT + SOON),
        )
    ]
    fleet.clock.at = NEXT + SOON
    theirs = unset if at_once else pair(NEXT + SOON, boot="the next")
    fleet.store.write([BatchArrived(KIOSK, NEXT + SOON, batch(rows, clock=theirs))])
    proof = fleet.day().records
    assert proof.complete == at_once
    assert (proof.here, proof.doubts) == ((2, ()) if at_once else (4, ("no_digest",)))
