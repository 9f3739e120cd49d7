"""When a scan was seen, and in which day and hour of its venue."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent.wire.messages import ClockPair
from agent.wire.records import Stamp
from server.domain.seen import Reading, Seen, local_day_and_hour, reading_in, reading_of, seen
from tests.server.kiosk import NOW, pair, stamp

HELSINKI = ZoneInfo("Europe/Helsinki")


def dated(stamp: Stamp, pair: ClockPair) -> Seen:
    """A row that comes now, in a batch with this pair."""
    return seen(stamp, [reading_of(pair, NOW)], (), NOW)


def test_a_synced_calendar_is_believed() -> None:
    at = NOW - timedelta(days=80)
    assert dated(stamp(at), pair()) == Seen(at, "synced")


def test_a_calendar_that_says_synced_and_means_1970_is_not() -> None:
    assert dated(stamp(datetime(1970, 1, 1, tzinfo=UTC)), pair(boot="x")) == Seen(NOW, "bounded")


def test_the_stopwatch_of_the_same_start_repairs() -> None:
    early = stamp(datetime(2025, 1, 1, tzinfo=UTC), synced=False, boottime_ms=1_000)
    assert dated(early, pair(NOW, boottime_ms=61_000)) == Seen(NOW - timedelta(minutes=1), "repaired")


def test_a_kiosk_that_knows_no_time_is_dated_by_the_server_s_own_and_the_stopwatch() -> None:
    early = stamp(datetime(2025, 1, 1, tzinfo=UTC), synced=False, boottime_ms=1_000)
    late = pair(datetime(2025, 1, 1, tzinfo=UTC), boottime_ms=61_000, synced=False)
    assert dated(early, late) == Seen(NOW - timedelta(minutes=1), "repaired")


def test_another_boot_bounds() -> None:
    early = stamp(NOW, synced=False)
    assert dated(early, pair(boot="another")).quality == "bounded"


def test_a_calendar_a_year_ahead_is_put_right_by_the_server_s_own_and_the_stopwatch() -> None:
    ahead = NOW + timedelta(days=365)
    early = stamp(ahead - timedelta(minutes=1), boottime_ms=1_000)
    assert dated(early, pair(ahead, boottime_ms=61_000)) == Seen(NOW - timedelta(minutes=1), "repaired")
    assert dated(early, pair(ahead, boot="another")) == Seen(NOW, "bounded")
    assert dated(stamp(ahead, synced=False), pair(ahead, boottime_ms=61_000)).at <= NOW


def test_a_calendar_a_little_ahead_is_believed() -> None:
    at = NOW + timedelta(minutes=4)
    assert dated(stamp(at), pair()) == Seen(at, "synced")


def test_a_stopwatch_that_says_what_is_to_come_repairs_nothing() -> None:
    early = stamp(NOW, synced=False, boottime_ms=10**9)
    assert dated(early, pair(NOW, boottime_ms=0)) == Seen(NOW, "bounded")


def test_the_best_reading_of_the_boot_is_taken() -> None:
    early = stamp(NOW, synced=False, boottime_ms=1_000)
    other, best, worse = (
        Reading("another", 1_000, NOW),
        Reading(early.boot_id, 2_000, NOW - timedelta(hours=1)),
        Reading(early.boot_id, 1_000, NOW),
    )
    assert seen(early, [other, best, worse], (), NOW).at == NOW - timedelta(hours=1, seconds=1)


def test_a_calendar_that_was_a_day_back_when_the_card_was_shown_is_put_right() -> None:
    """Its own boot says so: the stopwatch at the time of the batch, and the server's clock."""
    back = stamp(NOW - timedelta(days=1), boottime_ms=1_000)
    assert dated(back, pair(NOW, boottime_ms=61_000)) == Seen(NOW - timedelta(minutes=1), "repaired")


def test_a_calendar_that_is_a_day_back_by_now_repairs_nothing_that_was_right() -> None:
    right = stamp(NOW - timedelta(minutes=1), boottime_ms=1_000)
    assert dated(right, pair(NOW - timedelta(days=1), boottime_ms=61_000)) == Seen(right.wall_utc, "synced")


def test_what_the_kiosk_s_records_say_contradicts_no_calendar() -> None:
    stamped = stamp(NOW - timedelta(days=1), boottime_ms=1_000)
    assert seen(stamped, (), [Reading(stamped.boot_id, 1_000, NOW)], NOW).quality == "synced"


def test_a_record_whose_calendar_is_right_dates_the_others_of_its_boot() -> None:
    assert reading_in(stamp(NOW, boottime_ms=5), NOW) == Reading(stamp(NOW).boot_id, 5, NOW)
    assert reading_in(stamp(NOW, synced=False), NOW) is None
    assert reading_in(stamp(NOW + timedelta(days=365)), NOW) is None


def hours_of(first: datetime, count: int) -> list[int]:
    return [local_day_and_hour(first + timedelta(hours=i), HELSINKI)[1] for i in range(count)]


@pytest.mark.parametrize(
    ("first", "length", "hours"),
    [
        (datetime(2026, 3, 28, 22, tzinfo=UTC), 23, [0, 1, 2, 4, 5]),
        (datetime(2026, 10, 24, 21, tzinfo=UTC), 25, [0, 1, 2, 3, 3]),
        (datetime(2026, 11, 23, 22, tzinfo=UTC), 24, [0, 1, 2, 3, 4]),
    ],
)
def test_days_of_23_24_and_25_hours_begin_and_end_at_local_midnight(
    first: datetime, length: int, hours: list[int]
) -> None:
    days = [local_day_and_hour(first + timedelta(hours=i), HELSINKI)[0] for i in range(length)]
    assert len(set(days)) == 1
    assert local_day_and_hour(first + timedelta(hours=length), HELSINKI)[0] == days[0] + timedelta(days=1)
    assert hours_of(first, 5) == hours
