"""What the neighbours of a start say of its time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.dating import Bounds, EpochClock, When, bounded, bounds_of, contradicts
from server.domain.seen import Seen
from tests.server.kiosk import NOW

HOUR = 3_600_000


def epoch(
    number: int, boot: str, opened_ms: int = 0, last_ms: int = HOUR, *, after: int | None = -1
) -> EpochClock:
    """Follows the one before it, if nothing else is said."""
    previous = number - 1 if after == -1 else after
    return EpochClock(
        id=number,
        name=f"e{number}",
        previous=None if previous is None else f"e{previous}",
        boot_id=boot,
        opened_ms=opened_ms,
        last_ms=last_ms,
    )


def when(known: dict[str, datetime]) -> When:
    """``known`` says of a boot when its stopwatch stood at 0."""

    def at(epoch: EpochClock, boottime_ms: int) -> datetime | None:
        began = known.get(epoch.boot_id)
        return began + timedelta(milliseconds=boottime_ms) if began else None

    return at


def test_a_start_lies_between_the_last_record_before_it_and_the_first_after_it() -> None:
    chain = [epoch(1, "a"), epoch(2, "dark"), epoch(3, "c", 5_000)]
    known = {"a": NOW - timedelta(hours=9), "c": NOW}
    assert bounds_of(chain, when(known)) == {
        2: Bounds(NOW - timedelta(hours=8), NOW + timedelta(seconds=5)),
    }


def test_starts_in_a_row_without_time_are_bounded_by_each_other_s_length() -> None:
    chain = [epoch(1, "a"), epoch(2, "dark"), epoch(3, "darker"), epoch(4, "d")]
    began = NOW - timedelta(hours=9)
    found = bounds_of(chain, when({"a": began, "d": NOW}))
    assert found == {
        2: Bounds(began + timedelta(hours=1), NOW - timedelta(hours=1)),
        3: Bounds(began + timedelta(hours=2), NOW),
    }


@given(order=st.permutations(range(5)))
def test_in_whatever_order_they_came_their_bounds_are_the_same(order: list[int]) -> None:
    """A server that was restored gets the newest start first, and numbers it so."""
    chain = [epoch(1, "first"), *(epoch(number, f"dark {number}") for number in (2, 3, 4)), epoch(5, "last")]
    known = when({"first": NOW - timedelta(days=2), "last": NOW})
    assert bounds_of([chain[place] for place in order], known) == bounds_of(chain, known)
    assert bounds_of(chain, known)[3] == Bounds(
        NOW - timedelta(days=2) + timedelta(hours=2), NOW - timedelta(hours=1)
    )


def test_nothing_is_known_of_a_start_without_neighbours() -> None:
    assert bounds_of([epoch(1, "dark", after=None)], when({})) == {1: Bounds()}


def test_of_two_that_follow_a_copied_card_the_earlier_bounds() -> None:
    chain = [epoch(1, "dark", after=None), epoch(2, "b"), epoch(3, "c", after=1)]
    known = {"b": NOW, "c": NOW - timedelta(hours=2)}
    assert bounds_of(chain, when(known)) == {1: Bounds(None, NOW - timedelta(hours=2))}


def test_where_the_neighbours_contradict_each_other_the_one_that_follows_counts() -> None:
    chain = [epoch(1, "a"), epoch(2, "dark"), epoch(3, "c")]
    found = bounds_of(chain, when({"a": NOW, "c": NOW - timedelta(days=1)}))
    assert found == {2: Bounds(None, NOW - timedelta(days=1))}


def test_a_start_that_names_itself_or_a_ring_ends() -> None:
    chain = [epoch(1, "dark", after=1), epoch(2, "dark", after=3), epoch(3, "dark", after=2)]
    assert set(bounds_of(chain, when({}))) == {1, 2, 3}


def test_a_visit_is_dated_by_the_latest_it_can_have_been() -> None:
    dark = epoch(2, "dark")
    bounds = Bounds(NOW - timedelta(hours=8), NOW - timedelta(hours=1))
    late = NOW + timedelta(days=1)
    assert bounded(dark, bounds, HOUR, late) == Seen(NOW - timedelta(hours=1), "bounded")
    assert bounded(dark, bounds, HOUR // 2, late) == Seen(NOW - timedelta(hours=1, minutes=30), "bounded")


def test_but_never_before_the_start_can_have_begun_nor_after_it_came() -> None:
    dark = epoch(2, "dark", last_ms=100 * HOUR)
    bounds = Bounds(NOW - timedelta(hours=8), NOW)
    assert bounded(dark, bounds, 0, NOW).at == NOW - timedelta(hours=8)
    assert bounded(dark, Bounds(None, NOW + timedelta(days=1)), 100 * HOUR, NOW).at == NOW
    assert bounded(dark, Bounds(), 0, NOW) == Seen(NOW, "bounded")


def test_a_hostile_stopwatch_moves_nothing_out_of_the_calendar() -> None:
    mad = epoch(2, "dark", opened_ms=0, last_ms=2**53)
    chain = [epoch(1, "dark", last_ms=2**53, after=None), mad, epoch(3, "c")]
    assert bounds_of(chain, when({"c": NOW}))[2].last == NOW
    assert bounded(mad, Bounds(None, NOW), 0, NOW).at >= datetime(2010, 1, 1, tzinfo=NOW.tzinfo)


@pytest.mark.parametrize("edge", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_the_calendar_s_very_ends_are_compared_and_counted_from(edge: datetime) -> None:
    assert not contradicts(edge, Bounds())
    assert contradicts(edge, Bounds(NOW, NOW))
    assert not contradicts(edge, Bounds(edge, edge))
    assert bounded(epoch(1, "dark", last_ms=1000 * HOUR), Bounds(None, edge), 0, NOW).at <= NOW
