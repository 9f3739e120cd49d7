"""A kiosk without a battery: it wakes in the past and knows no less than before."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.adapters.simulated.clock import SimulatedClock
from agent.adapters.simulated.journal import MemoryJournal
from agent.known_time import KnownTime, TimeKeeper
from agent.ports.journal import JournalError
from agent.wire.messages import ClockPair
from agent.worker import Worker
from tests.agent.background import running

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


def test_a_time_of_an_earlier_boot_is_told_apart_until_server_or_calendar_say_how_long_it_was_off() -> None:
    for by_server in (True, False):
        clock = asleep()
        known = KnownTime(clock, FLOOR)
        assert known.now().at_least
        if by_server:
            known.told(heard(clock, FLOOR))
        else:
            clock.set_calendar(FLOOR + timedelta(days=4), synced=True)
        assert not known.now().at_least
        clock.set_calendar(WOKEN, synced=False)
        assert not known.now().at_least, "the stopwatch goes on from what was right"


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


def test_the_word_of_another_boot_says_nothing() -> None:
    clock = asleep()
    known = KnownTime(clock, FLOOR)
    known.told(heard(clock, FLOOR + timedelta(days=2), boot="another"))
    assert known.now().best_utc == FLOOR


DAY: Final = timedelta(days=1)
YEAR: Final = 365 * DAY


@pytest.mark.parametrize("back", [timedelta(seconds=1), timedelta(minutes=90), DAY, 6 * DAY])
def test_a_calendar_that_is_set_back_does_not_take_the_known_time_along(back: timedelta) -> None:
    """A server of time that is a day off: what has expired today is not valid again."""
    clock = asleep()
    known = KnownTime(clock, FLOOR)
    clock.set_calendar(FLOOR + DAY, synced=True)
    assert known.now().best_utc == FLOOR + DAY
    clock.set_calendar(FLOOR + DAY - back, synced=True)
    clock.advance(60)
    assert known.now().best_utc == FLOOR + DAY + timedelta(minutes=1)
    assert known.now().stamp().wall_utc == FLOOR + DAY - back + timedelta(minutes=1)
    clock.set_calendar(FLOOR + 2 * DAY, synced=True)
    assert known.now().best_utc == FLOOR + 2 * DAY


def test_a_start_by_a_calendar_that_is_set_back_goes_on_from_the_time_known_before() -> None:
    clock = asleep()
    clock.set_calendar(FLOOR - DAY, synced=True)
    assert KnownTime(clock, FLOOR).now().best_utc == FLOOR


def test_a_calendar_that_ran_a_year_ahead_is_put_right_by_the_next_that_is_set() -> None:
    clock = asleep()
    known = KnownTime(clock, FLOOR)
    clock.set_calendar(FLOOR + YEAR, synced=True)
    assert known.now().best_utc == FLOOR + YEAR
    clock.set_calendar(FLOOR + DAY, synced=True)
    assert known.now().best_utc == FLOOR + DAY


@pytest.mark.parametrize("off", [-YEAR, -DAY, DAY, YEAR])
@pytest.mark.parametrize("synced", [True, False])
def test_the_server_puts_a_wrong_time_right_whoever_told_it(off: timedelta, synced: bool) -> None:
    clock = asleep()
    known = KnownTime(clock, FLOOR + max(off, timedelta(0)))
    clock.set_calendar(FLOOR + off, synced=synced)
    known.told(heard(clock, FLOOR))
    clock.advance(60)
    assert known.now().best_utc == FLOOR + timedelta(minutes=1)


def test_a_calendar_goes_on_where_the_server_agrees_with_it() -> None:
    clock = asleep()
    known = KnownTime(clock, FLOOR)
    clock.set_calendar(FLOOR + DAY, synced=True)
    known.told(heard(clock, FLOOR + DAY - timedelta(minutes=2)))
    clock.set_calendar(FLOOR + DAY + timedelta(seconds=5), synced=True)
    assert known.now().best_utc == clock.now().wall_utc
    known.told(heard(clock, FLOOR + DAY - timedelta(minutes=50)))  # it was long on its way
    clock.set_calendar(FLOOR + DAY, synced=False)
    assert known.now().best_utc == FLOOR + DAY + timedelta(seconds=5)


@given(
    st.lists(
        st.tuples(st.integers(0, 86_400), st.integers(-7 * 86_400, 86_400), st.booleans()),
        min_size=1,
        max_size=30,
    )
)
def test_it_never_runs_backwards_by_less_than_a_week(steps: list[tuple[int, int, bool]]) -> None:
    """Whatever a kiosk without a server does with its calendar within a week before what is known."""
    clock = asleep()
    known = KnownTime(clock, FLOOR)
    before = FLOOR
    for wait_s, off_s, synced in steps:
        clock.advance(wait_s)
        clock.set_calendar(before + timedelta(seconds=wait_s + max(off_s, -7 * 86_400)), synced=synced)
        now = known.now().best_utc
        assert now is not None
        assert now >= before + timedelta(seconds=wait_s)
        before = now


def test_a_calendar_that_was_set_to_its_very_end_ends_nothing() -> None:
    clock = asleep()
    known = KnownTime(clock, FLOOR)
    end = datetime.max.replace(tzinfo=UTC)
    clock.set_calendar(end, synced=True)
    assert known.now().best_utc == end
    clock.set_calendar(WOKEN, synced=False)
    clock.advance(60)
    assert known.now().best_utc == end


class FullJournal(MemoryJournal):
    """On a disk without room, until it has some."""

    def __init__(self) -> None:
        super().__init__()
        self.full = True
        self.refused = 0
        self.noted: list[datetime] = []

    def remember(self, utc: datetime) -> None:
        if self.full:
            self.refused += 1
            raise JournalError("the simulated disk is full")
        super().remember(utc)
        self.noted.append(utc)


def test_a_start_after_days_without_a_visitor_goes_on_from_what_was_noted_meanwhile(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = asleep()
    known, journal = KnownTime(clock, FLOOR), FullJournal()
    clock.advance(14 * 86_400)

    async def fortnight() -> None:
        writer = Worker("journal")
        keeper = TimeKeeper(clock=known, journal=journal, writer=writer, every_s=0.005)
        async with running(keeper.run(), 30.0, writer):
            while not journal.refused:  # noqa: ASYNC110  (nothing of it wakes a test)
                await asyncio.sleep(0.005)
            journal.full = False
            while not journal.noted:  # noqa: ASYNC110  (likewise)
                await asyncio.sleep(0.005)

    asyncio.run(fortnight())
    assert "cannot be noted" in caplog.text
    start = journal.start(asleep().now(), "serial-1", "start")
    assert start.known_utc == FLOOR + timedelta(days=14)
    assert KnownTime(asleep(), start.known_utc).now().best_utc == FLOOR + timedelta(days=14)
