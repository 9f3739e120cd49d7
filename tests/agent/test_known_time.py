"""A kiosk without a battery: it wakes in the past and knows no less than before."""

from datetime import UTC, datetime, timedelta
from typing import Final

from agent.adapters.simulated.clock import SimulatedClock
from agent.known_time import KnownTime
from agent.wire.messages import ClockPair

WOKEN: Final = datetime(2025, 1, 1, tzinfo=UTC)
FLOOR: Final = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def asleep() -> SimulatedClock:
    clock = SimulatedClock()
    clock.set_calendar(WOKEN, synced=False)
    return clock


def test_a_first_boot_knows_nothing() -> None:
    assert KnownTime(asleep(), None).now().best_utc is None


def test_the_last_time_that_was_known_goes_on_with_the_stopwatch() -> None:
    clock = asleep()
    known = KnownTime(clock, FLOOR)
    assert known.now().best_utc == FLOOR
    clock.advance(3600)
    assert known.now().best_utc == FLOOR + timedelta(hours=1)
    assert known.now().stamp().wall_utc == WOKEN + timedelta(hours=1)  # the raw stamp stays raw


def test_a_calendar_that_is_set_is_believed_and_one_that_is_lost_again_is_not() -> None:
    clock = asleep()
    known = KnownTime(clock, FLOOR)
    clock.set_calendar(FLOOR + timedelta(days=4), synced=True)
    assert known.now().best_utc == FLOOR + timedelta(days=4)
    for jump in (WOKEN, WOKEN + timedelta(days=5000)):
        clock.set_calendar(jump, synced=False)
        assert known.now().best_utc == FLOOR + timedelta(days=4)
    clock.advance(60)
    assert known.now().best_utc == FLOOR + timedelta(days=4, seconds=60)


def test_it_never_runs_backwards_while_nobody_sets_the_calendar() -> None:
    clock = asleep()
    known = KnownTime(clock, FLOOR)
    read = []
    for step in range(50):
        clock.advance(7)
        clock.set_calendar(WOKEN - timedelta(days=step), synced=False)
        read.append(known.now().best_utc)
    assert read == sorted(read, key=str)


def heard(clock: SimulatedClock, utc: datetime, boot: str | None = None) -> ClockPair:
    at = clock.now()
    return ClockPair(boot_id=boot or at.boot_id, boottime_ms=at.boottime_ms, utc=utc, source="server")


def test_a_receipt_says_what_time_it_is_and_the_stopwatch_goes_on_from_there() -> None:
    clock = asleep()
    known = KnownTime(clock, FLOOR)
    word = heard(clock, FLOOR + timedelta(days=2))
    clock.advance(30)
    known.told(word)
    assert known.now().best_utc == FLOOR + timedelta(days=2, seconds=30)
    assert not known.now().synced


def test_neither_an_older_time_nor_another_boot_s_nor_a_set_calendar_gives_way_to_it() -> None:
    clock = asleep()
    known = KnownTime(clock, FLOOR)
    known.told(heard(clock, FLOOR - timedelta(days=2)))
    known.told(heard(clock, FLOOR + timedelta(days=2), boot="another"))
    assert known.now().best_utc == FLOOR
    clock.set_calendar(FLOOR + timedelta(days=1), synced=True)
    known.told(heard(clock, FLOOR + timedelta(days=9)))
    clock.set_calendar(WOKEN, synced=False)
    assert known.now().best_utc == FLOOR + timedelta(days=1)
