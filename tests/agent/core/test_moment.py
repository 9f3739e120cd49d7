"""The stopwatch for waiting, the calendar for people."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from agent.core.moment import Moment
from tests.agent.examples import moment

HELSINKI = ZoneInfo("Europe/Helsinki")


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        (datetime(2026, 11, 24, 21, 59, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2026, 11, 24, 22, 0, tzinfo=UTC), date(2026, 11, 25)),
        (datetime(2026, 7, 1, 20, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 21, 0, tzinfo=UTC), date(2026, 7, 2)),
    ],
)
def test_the_day_is_the_venue_s_and_not_greenwich_s(utc: datetime, day: date) -> None:
    assert Moment("b", 0, utc, synced=True).date_in(HELSINKI) == day


def test_a_calendar_that_nobody_set_gives_no_day() -> None:
    assert moment(0, synced=False).date_in(HELSINKI) is None


def test_the_stamp_of_a_record_is_what_the_clocks_said() -> None:
    at = moment(12.345, synced=False)
    stamp = at.stamp()
    assert (stamp.boot_id, stamp.boottime_ms, stamp.wall_utc, stamp.synced) == (
        "6f0c1c1e",
        12_345,
        at.wall_utc,
        False,
    )
    assert at.seconds == 12.345


def test_the_day_is_that_of_the_best_time_known() -> None:
    asleep = replace(moment(0, synced=False), known_utc=datetime(2026, 7, 1, 21, 0, tzinfo=UTC))
    assert asleep.date_in(HELSINKI) == date(2026, 7, 2)
    in_time = replace(asleep, synced=True)
    assert in_time.date_in(HELSINKI) == date(2026, 7, 2), "told beside a calendar that is set, it is another"
    assert replace(in_time, known_utc=None).date_in(HELSINKI) == date(2026, 11, 24)
