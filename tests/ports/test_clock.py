"""The contract of Clock, over the machine's and its twin."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from agent.adapters.simulated.clock import SimulatedClock
from agent.adapters.system_clock import SystemClock
from agent.ports.clock import Clock


@pytest.fixture(params=["trusted", "untrusted", "simulated"])
def clock(request: pytest.FixtureRequest) -> Clock:
    if request.param == "simulated":
        return SimulatedClock()
    return SystemClock(trusted=request.param == "trusted")


def test_the_stopwatch_never_runs_backwards(clock: Clock) -> None:
    read = [clock.now().boottime_ms for _ in range(2000)]
    assert read == sorted(read)


def test_the_boot_has_one_name(clock: Clock) -> None:
    first, second = clock.now(), clock.now()
    assert first.boot_id == second.boot_id
    assert re.fullmatch(r"[0-9a-f-]{36}", first.boot_id)


def test_the_calendar_is_greenwich_s_in_whole_milliseconds(clock: Clock) -> None:
    wall = clock.now().wall_utc
    assert wall.utcoffset() == timedelta(0)
    assert wall.microsecond % 1000 == 0


def test_a_trusted_calendar_is_synchronised_without_asking_the_kernel() -> None:
    assert SystemClock(trusted=True).now().synced


def test_the_kernel_s_word_is_taken_where_the_calendar_is_not_trusted() -> None:
    assert SystemClock(trusted=False).now().synced in (True, False)


def test_simulated_time_passes_when_it_is_told_to() -> None:
    clock = SimulatedClock()
    before = clock.now()
    assert clock.now() == before
    clock.advance(2.5)
    after = clock.now()
    assert after.seconds - before.seconds == 2.5
    assert after.wall_utc - before.wall_utc == timedelta(seconds=2.5)


def test_a_calendar_that_jumps_a_year_moves_no_stopwatch() -> None:
    clock = SimulatedClock()
    before = clock.now()
    clock.set_calendar(datetime(2027, 11, 24, tzinfo=UTC), synced=False)
    after = clock.now()
    assert after.boottime_ms == before.boottime_ms
    assert (after.wall_utc.year, after.synced) == (2027, False)
