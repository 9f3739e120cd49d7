"""Boots that the server never heard itself: what the kiosk says of them is held against the starts beside."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from agent.wire.messages import Records
from agent.wire.records import Record, Stamp
from server.adapters.database import Database
from tests.server.adapters.test_dating import (
    HOUR_MS,
    TODAY,
    YESTERDAY,
    at,
    dark,
    days,
    first_start,
    morning_without_time,
    seen,
    today,
)
from tests.server.kiosk import NOW, batch, follows, opened, pair, scan
from tests.server.stored_fleet import Fleet


def unheard(*offs: timedelta, first: int = 0) -> Records:
    """Of the second start, whose boot the server never heard: hourly visits, its calendar off by so much."""
    boot, began = "unheard", NOW - timedelta(hours=12)
    stamps = [
        Stamp(
            boot_id=boot,
            boottime_ms=(first + n) * HOUR_MS,
            wall_utc=began + timedelta(hours=first + n) + off,
            synced=True,
        )
        for n, off in enumerate(offs)
    ]
    rows: list[Record] = [scan(first + n, clock=clock) for n, clock in enumerate(stamps)]
    if first == 0:
        rows[0] = at(follows(1, 1), stamps[0])
    return batch(rows, number=2, first=first, clock=TODAY)


def send_first(fleet: Fleet) -> None:
    """Yesterday's start, in its own boot: the server compared its clock."""
    clock = Stamp(boot_id="first", boottime_ms=0, wall_utc=YESTERDAY, synced=True)
    own = pair(YESTERDAY, boot="first", boottime_ms=1_000)
    fleet.send(batch([at(opened(), clock), scan(1, clock=clock)], clock=own), at=YESTERDAY)


BACK = -timedelta(days=1)
AHEAD = timedelta(hours=11)
RIGHT = timedelta(0)


@pytest.mark.parametrize(("off", "wrong"), [(RIGHT, False), (BACK, True), (AHEAD, True)])
def test_a_calendar_that_says_it_is_right_is_held_against_the_starts_beside_it(
    fleet: Fleet, off: timedelta, wrong: bool
) -> None:
    send_first(fleet)
    fleet.send(unheard(off, off, off), today())
    began, end = NOW - timedelta(hours=12), NOW - timedelta(hours=2)
    hours = [timedelta(hours=1), timedelta(hours=2)]
    if wrong:
        assert seen(fleet)[1:] == [("bounded", end - timedelta(hours=1)), ("bounded", end)]
    else:
        assert seen(fleet)[1:] == [("synced", began + hour) for hour in hours]
    assert fleet.agrees()


@pytest.mark.parametrize("off", [BACK, AHEAD])
def test_it_is_found_out_in_whatever_order_they_come_and_in_however_many_pieces(
    fleet: Fleet, off: timedelta
) -> None:
    send_first(fleet)
    fleet.send(today())
    for first in range(3):
        fleet.send(unheard(off, first=first))
    assert [quality for quality, _ in seen(fleet)[1:]] == ["bounded", "bounded"]
    assert days(fleet) == {"2026-11-23": (1, 0), "2026-11-24": (2, 2)}
    assert fleet.agrees()


def test_it_is_found_out_though_the_start_before_it_is_heard_last(fleet: Fleet) -> None:
    """The start that follows alone does not contradict a calendar that is a day back."""
    fleet.send(unheard(BACK, BACK), today())
    assert [quality for quality, _ in seen(fleet)] == ["synced"]
    send_first(fleet)
    assert [quality for quality, _ in seen(fleet)] == ["bounded", "synced"]


def test_a_calendar_that_a_later_record_finds_out_is_believed_for_none_before_it(fleet: Fleet) -> None:
    """The stopwatch says how far apart they are: the first of them alone could have been at that time."""
    send_first(fleet)
    fleet.send(unheard(*[timedelta(hours=9)] * 4), today())
    end = NOW - timedelta(hours=2)
    assert seen(fleet)[1:] == [("bounded", end - timedelta(hours=before)) for before in (2, 1, 0)]
    assert fleet.agrees()


def test_a_calendar_that_was_put_right_within_the_boot_puts_the_visits_before_right(fleet: Fleet) -> None:
    send_first(fleet)
    fleet.send(unheard(BACK, BACK, RIGHT), today())
    began = NOW - timedelta(hours=12)
    hours = [("repaired", began + timedelta(hours=1)), ("synced", began + timedelta(hours=2))]
    assert seen(fleet)[1:] == hours
    assert fleet.agrees()


def test_a_word_is_not_held_against_another_that_nobody_heard_either(fleet: Fleet) -> None:
    fleet.send(first_start(), unheard(BACK, BACK))  # the first says that it was after the second
    assert [quality for quality, _ in seen(fleet)] == ["synced", "synced"]


def test_a_word_holds_until_a_start_that_the_server_hears_says_otherwise(fleet: Fleet) -> None:
    send_first(fleet)
    fleet.send(unheard(AHEAD, AHEAD, AHEAD))
    assert [quality for quality, _ in seen(fleet)[1:]] == ["synced", "bounded"]  # that is still to come
    dark_start = [at(follows(2, 2), dark("dark", 0)), scan(1, clock=dark("dark", HOUR_MS))]
    fleet.send(batch(dark_start, number=4, first=0, clock=TODAY))
    clock = Stamp(boot_id="today", boottime_ms=1_000, wall_utc=NOW - timedelta(hours=2), synced=True)
    fleet.send(batch([at(follows(4, 1), clock)], number=3, first=0, clock=TODAY))
    end = NOW - timedelta(hours=2)
    assert seen(fleet)[1:] == [
        ("bounded", end - timedelta(hours=2)),  # an hour before the last of its start
        ("bounded", end - timedelta(hours=1)),  # which lies before the dark one's hour
        ("bounded", end),
    ]
    assert fleet.agrees()


def test_a_word_that_was_found_out_bounds_no_neighbour(fleet: Fleet) -> None:
    send_first(fleet)
    fleet.send(morning_without_time())
    lie = Stamp(boot_id="lie", boottime_ms=0, wall_utc=YESTERDAY - timedelta(hours=3), synced=True)
    fleet.send(batch([at(follows(2, 3), lie), scan(1, clock=lie)], number=4, first=0, clock=TODAY))
    clock = Stamp(boot_id="today", boottime_ms=1_000, wall_utc=NOW - timedelta(hours=2), synced=True)
    fleet.send(batch([at(follows(4, 1), clock)], number=3, first=0, clock=TODAY))
    end = NOW - timedelta(hours=2)
    times = [end - timedelta(hours=2), end - timedelta(hours=1), end, end]
    assert seen(fleet)[1:] == [("bounded", when) for when in times]


def test_a_word_is_asked_once_more_when_the_start_that_follows_is_heard(fleet: Fleet) -> None:
    send_first(fleet)
    fleet.send(unheard(RIGHT, RIGHT, RIGHT))
    before = seen(fleet)
    assert [quality for quality, _ in before[1:]] == ["synced", "synced"]
    early = Stamp(boot_id="today", boottime_ms=0, wall_utc=NOW - timedelta(hours=11), synced=True)
    own = pair(NOW, boot="today", boottime_ms=11 * HOUR_MS)
    fleet.send(batch([at(follows(2, 0), early)], number=3, first=0, clock=own))
    assert [quality for quality, _ in seen(fleet)[1:]] == ["synced", "bounded"]
    assert fleet.agrees()


def test_a_boot_that_is_heard_at_last_dates_what_came_before_it_was(fleet: Fleet) -> None:
    rows = [at(opened(), dark("late", 0)), scan(1, clock=dark("late", HOUR_MS))]
    fleet.send(batch(rows, clock=TODAY))
    assert seen(fleet) == [("bounded", NOW)]
    own = pair(NOW, boot="late", boottime_ms=3 * HOUR_MS)
    fleet.send(batch([scan(2, clock=dark("late", 2 * HOUR_MS))], first=2, clock=own))
    assert seen(fleet) == [("repaired", NOW - timedelta(hours=hours)) for hours in (2, 1)]


def test_a_restored_server_that_gets_the_newest_start_first_dates_all_as_before(database: Database) -> None:
    """Two starts that never knew the time in a row: the first is bounded through the second."""
    darker = [at(follows(2, 3), dark("darker", 0)), scan(1, clock=dark("darker", HOUR_MS))]
    clock = Stamp(boot_id="today", boottime_ms=1_000, wall_utc=NOW - timedelta(hours=2), synced=True)
    newest = batch([at(follows(4, 1), clock)], number=3, first=0, clock=TODAY)
    fleet = Fleet(database)
    for one in (newest, first_start(), morning_without_time(), batch(darker, number=4, first=0, clock=TODAY)):
        fleet.send(one)
    end = NOW - timedelta(hours=2)
    assert [when for _, when in seen(fleet)[1:]] == [
        *(end - timedelta(hours=1 + before) for before in (2, 1, 0)),
        end,
    ]
    assert fleet.agrees()


def test_a_start_whose_rows_come_late_still_bounds_the_one_after_it(fleet: Fleet) -> None:
    send_first(fleet)
    fleet.send(morning_without_time())
    late = Stamp(
        boot_id="first",
        boottime_ms=41 * HOUR_MS // 2 + 1_000,
        wall_utc=NOW - timedelta(hours=3.5),
        synced=True,
    )
    clock = Stamp(boot_id="today", boottime_ms=1_000, wall_utc=NOW - timedelta(hours=2), synced=True)
    fleet.send(batch([at(follows(2, 3), clock)], number=3, first=0, clock=TODAY))
    assert seen(fleet)[1][1] == NOW - timedelta(hours=4)
    fleet.send(batch([msgspec.structs.replace(scan(2), clock=late)], first=2, clock=TODAY))
    times = [NOW - timedelta(hours=hours) for hours in (3.5, 3, 2)]
    assert [when for _, when in seen(fleet)[1:4]] == times


def test_a_start_that_comes_in_pieces_after_the_next_one_is_bounded_by_its_last_row(fleet: Fleet) -> None:
    """As a restored server gets it: the newest opening first, then what came before, a batch at a time."""
    fleet.send(today())
    fleet.send(first_start())
    whole = morning_without_time()
    for row in range(4):
        fleet.send(batch([whole.rows[row]], number=2, first=row, clock=TODAY))
    end = NOW - timedelta(hours=2)
    assert [when for _, when in seen(fleet)[1:]] == [end - timedelta(hours=hours) for hours in (2, 1, 0)]
    assert fleet.agrees()


@pytest.mark.parametrize("boottime_ms", [2**53, 64_000_000_000_000])
@pytest.mark.parametrize("named", [1, 7], ids=["whole", "torn"])
def test_a_stopwatch_that_no_boot_has_ends_neither_the_intake_nor_the_figures(
    fleet: Fleet, boottime_ms: int, named: int
) -> None:
    fleet.send(first_start())
    rows: list[Record] = [
        at(follows(named, 1), dark("hostile", 0)),
        scan(1, clock=dark("hostile", boottime_ms)),
    ]
    kept = fleet.send(batch(rows, number=2, first=0, clock=TODAY))
    assert [receipt.upto for _, receipt in kept.receipts] == [1]
    fleet.send(today())
    assert sum(visits for visits, _ in days(fleet).values()) == 2
    assert fleet.agrees()


@pytest.mark.parametrize("year", [1, 9999])
def test_a_calendar_at_its_very_end_ends_neither_the_intake_nor_the_figures(fleet: Fleet, year: int) -> None:
    edge = datetime(year, 1, 1, tzinfo=UTC) if year == 1 else datetime(year, 12, 31, 23, 59, tzinfo=UTC)
    fleet.send(first_start())
    for number, boot in ((2, "edge"), (3, "after")):
        clock = Stamp(boot_id=boot, boottime_ms=0, wall_utc=edge, synced=True)
        late = Stamp(boot_id=boot, boottime_ms=40 * 24 * HOUR_MS, wall_utc=edge, synced=True)
        rows: list[Record] = [at(follows(number - 1, 1), clock), scan(1, clock=late)]
        fleet.send(batch(rows, number=number, first=0, clock=pair(edge, boot=boot, boottime_ms=0)))
    assert sum(visits for visits, _ in days(fleet).values()) == 3
    assert fleet.agrees()
