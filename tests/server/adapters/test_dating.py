"""Boots without a clock, on both databases: bounded by their neighbours, repaired when their time is told."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from sqlalchemy import select

from agent.wire.messages import Records
from agent.wire.records import Opened, Record, Scan, Stamp
from server.adapters.database import Database
from server.adapters.figures import StoredFigures
from server.adapters.record_tables import visits
from server.domain.arrivals import BatchArrived
from server.domain.figures import SummaryRow
from tests.server.kiosk import KIOSK, LONG_AGO, NOW, batch, digest, follows, opened, pair, scan
from tests.server.stored_fleet import Fleet

TODAY = pair(boot="today", boottime_ms=7_201_000)
"""The boot of now, which began two hours and a second ago."""
HOUR_MS = 3_600_000
YESTERDAY = NOW - timedelta(days=1)


def dark(boot: str, boottime_ms: int) -> Stamp:
    return Stamp(boot_id=boot, boottime_ms=boottime_ms, wall_utc=LONG_AGO, synced=False)


def at(record: Opened, clock: Stamp) -> Record:
    return msgspec.structs.replace(record, clock=clock, boot_id=clock.boot_id)


def seen(fleet: Fleet) -> list[tuple[str, datetime]]:
    with fleet.database.reading() as connection:
        rows = connection.execute(select(visits.c.quality, visits.c.seen_at).order_by(visits.c.record_id))
        return [(quality, when) for quality, when in rows]


def days(fleet: Fleet) -> dict[str, tuple[int, int]]:
    """Visits of each local day, and of how many only bounds are known."""
    figures = StoredFigures(fleet.database, ZoneInfo("Europe/Helsinki"), lambda: NOW, count_assistants=False)
    rows: tuple[SummaryRow, ...] = figures.summary(date(2026, 11, 1), date(2026, 11, 24), "day").rows
    return {row.key: (row.visits, row.bounded) for row in rows}


def morning_without_time() -> Records:
    """The second start: three visits in its first three hours, of nobody knows which day."""
    rows: list[Record] = [at(follows(1, 1), dark("dark", 0))]
    rows += [scan(n, clock=dark("dark", n * HOUR_MS)) for n in (1, 2, 3)]
    return batch(rows, number=2, first=0, clock=TODAY)


def first_start() -> Records:
    clock = Stamp(boot_id="first", boottime_ms=0, wall_utc=YESTERDAY, synced=True)
    return batch([at(opened(), clock), scan(1, clock=clock)], clock=TODAY)


def today(*more: Scan) -> Records:
    clock = Stamp(boot_id="today", boottime_ms=1_000, wall_utc=NOW - timedelta(hours=2), synced=True)
    return batch([at(follows(2, 3), clock), *more], number=3, first=0, clock=TODAY)


def test_the_start_that_follows_bounds_what_came_before_and_days_say_how_many(fleet: Fleet) -> None:
    fleet.send(first_start(), morning_without_time())
    assert days(fleet) == {"2026-11-23": (1, 0), "2026-11-24": (3, 3)}
    fleet.send(today())
    latest = NOW - timedelta(hours=2)
    assert seen(fleet)[1:] == [
        ("bounded", latest - timedelta(hours=2)),
        ("bounded", latest - timedelta(hours=1)),
        ("bounded", latest),
    ]
    assert days(fleet) == {"2026-11-23": (1, 0), "2026-11-24": (3, 3)}
    assert fleet.agrees()


def test_visits_move_to_the_day_that_the_bounds_say_and_no_empty_total_stays(fleet: Fleet) -> None:
    fleet.send(first_start(), morning_without_time())
    clock = Stamp(boot_id="next", boottime_ms=0, wall_utc=NOW - timedelta(hours=13), synced=True)
    fleet.send(batch([at(follows(2, 3), clock)], number=3, clock=TODAY))
    assert days(fleet) == {"2026-11-23": (4, 3)}
    assert fleet.agrees()


def test_a_chain_of_starts_without_time_is_bounded_once_one_is_dated(fleet: Fleet) -> None:
    fleet.send(first_start(), morning_without_time())
    other = [at(follows(2, 3), dark("darker", 0)), scan(1, clock=dark("darker", HOUR_MS))]
    fleet.send(batch(other, number=3, clock=TODAY))
    clock = Stamp(boot_id="later", boottime_ms=0, wall_utc=NOW, synced=True)
    fleet.send(batch([at(follows(3, 1), clock)], number=4, clock=TODAY))
    assert [when for _, when in seen(fleet)[1:]] == [
        NOW - timedelta(hours=3),
        NOW - timedelta(hours=2),
        NOW - timedelta(hours=1),
        NOW,
    ]
    assert fleet.agrees()


def test_no_visit_is_before_the_record_that_came_before_it(fleet: Fleet) -> None:
    fleet.send(first_start(), morning_without_time())
    clock = Stamp(boot_id="next", boottime_ms=0, wall_utc=YESTERDAY + timedelta(hours=1), synced=True)
    fleet.send(batch([at(follows(2, 3), clock)], number=3, clock=TODAY))
    assert min(when for _, when in seen(fleet)) == YESTERDAY
    assert fleet.agrees()


def test_a_record_of_the_same_boot_that_knows_the_time_repairs_all_before_it(fleet: Fleet) -> None:
    """As after a restore: the kiosk runs in another boot by now, and only its records tell of that one."""
    fleet.send(first_start(), morning_without_time())
    told = msgspec.structs.replace(
        digest(4, NOW),
        clock=Stamp(boot_id="dark", boottime_ms=4 * HOUR_MS, wall_utc=NOW - timedelta(hours=5), synced=True),
    )
    fleet.send(batch([told], number=2, clock=TODAY))
    began = NOW - timedelta(hours=9)
    assert seen(fleet)[1:] == [("repaired", began + timedelta(hours=n)) for n in (1, 2, 3)]
    assert days(fleet)["2026-11-24"] == (3, 0)
    assert fleet.agrees()


def test_in_one_batch_a_later_record_dates_the_earlier_ones(fleet: Fleet) -> None:
    late = Stamp(boot_id="dark", boottime_ms=2 * HOUR_MS, wall_utc=NOW, synced=True)
    rows = [at(opened(), dark("dark", 0)), scan(1, clock=dark("dark", HOUR_MS)), scan(2, clock=late)]
    fleet.send(batch(rows, clock=TODAY))
    assert seen(fleet) == [("repaired", NOW - timedelta(hours=1)), ("synced", NOW)]
    assert fleet.agrees()


def test_what_the_server_heard_of_a_boot_dates_what_comes_after_the_next_one(fleet: Fleet) -> None:
    fleet.send(
        batch([at(opened(), dark("dark", 0))], clock=pair(LONG_AGO, boot="dark", boottime_ms=0, synced=False))
    )
    fleet.send(batch([scan(1, clock=dark("dark", HOUR_MS))], clock=TODAY), at=NOW + timedelta(hours=5))
    assert seen(fleet) == [("repaired", NOW + timedelta(hours=1))]
    assert fleet.agrees()


def test_rows_that_come_after_the_next_start_did_are_bounded_by_it_too(fleet: Fleet) -> None:
    fleet.send(first_start())
    fleet.send(today())
    fleet.send(morning_without_time())
    assert max(when for quality, when in seen(fleet) if quality == "bounded") == NOW - timedelta(hours=2)
    assert fleet.agrees()


def test_rows_that_come_when_their_start_and_the_next_are_here_are_bounded_by_it_too(fleet: Fleet) -> None:
    opening, *visits_of_the_morning = morning_without_time().rows
    fleet.send(first_start(), batch([bytes(opening)], number=2, first=0, clock=TODAY), today())
    fleet.send(batch([bytes(row) for row in visits_of_the_morning], number=2, first=1, clock=TODAY))
    assert max(when for quality, when in seen(fleet) if quality == "bounded") == NOW - timedelta(hours=2)
    assert fleet.agrees()


def known(boottime_ms: int, at: datetime) -> Stamp:
    return Stamp(boot_id="dark", boottime_ms=boottime_ms, wall_utc=at, synced=True)


@pytest.mark.parametrize("in_one", [True, False], ids=["one batch", "a batch each"])
def test_of_two_records_that_know_the_time_the_earlier_dates_their_boot_in_whatever_order_they_come(
    fleet: Fleet, in_one: bool
) -> None:
    """Their calendars were a minute apart: a visit between batches must not depend on which came last."""
    began = NOW - timedelta(hours=9)
    early = scan(1, clock=known(HOUR_MS, began + timedelta(hours=1)))
    late = scan(2, clock=known(2 * HOUR_MS, began + timedelta(hours=2, minutes=1)))
    waits = scan(3, clock=dark("dark", 3 * HOUR_MS))
    rows = [[early, late, waits]] if in_one else [[early], [late, waits]]
    for some in rows:
        fleet.send(batch(some, clock=TODAY))
    assert seen(fleet)[-1] == ("repaired", began + timedelta(hours=3))


def test_a_row_that_is_understood_days_later_is_bounded_by_when_it_first_came(fleet: Fleet) -> None:
    rows = batch([at(opened(), dark("dark", 0)), scan(1, clock=dark("dark", HOUR_MS))], clock=TODAY)
    fleet.store.write([BatchArrived(KIOSK, NOW, rows)], unread="no")
    fleet.send(rows, at=NOW + timedelta(days=3))
    assert seen(fleet) == [("bounded", NOW)]
    assert fleet.agrees()


def test_an_order_of_arrival_gives_the_same_days(database: Database) -> None:
    fleet = Fleet(database)
    fleet.send(first_start(), morning_without_time(), today())
    before = seen(fleet), days(fleet)
    fleet.send(first_start(), morning_without_time(), today(), at=NOW + timedelta(hours=1))
    assert (seen(fleet), days(fleet)) == before


def test_a_boot_with_a_name_that_no_table_holds_is_only_bounded(fleet: Fleet) -> None:
    fleet.send(batch([at(opened(), dark("da\0rk", 0)), scan(1, clock=dark("da\0rk", 5))]))
    assert seen(fleet) == [("bounded", NOW)]
