"""Every figure says how many of the kiosks' records are here, and why it may not be whole."""

from datetime import datetime, timedelta

import msgspec
import pytest

from agent.wire.messages import Status
from agent.wire.records import LOST, SET_ASIDE
from server.adapters.database import Database
from server.adapters.proofs import Proofs
from server.adapters.statistics import StoredStatistics
from server.domain.arrivals import StatusArrived
from server.domain.completeness import Proof
from server.domain.figures import SpanTooLong
from tests.server.adapters.proved_fleet import (
    DAY,
    LATER,
    MIDNIGHT,
    NEXT,
    NOON,
    OTHER,
    SOON,
    Fleet,
    a_whole_day,
)
from tests.server.kiosk import BOOT, KIOSK, digest, follows, opened, scan
from tests.server.stored_fleet import HELSINKI


@pytest.fixture
def fleet(database: Database) -> Fleet:
    return Fleet(database)


@pytest.mark.parametrize(("why", "doubt"), [(LOST, "start_unknown"), (SET_ASIDE, "set_aside")])
def test_a_day_is_not_proved_where_all_that_was_before_the_first_start_is_lost(
    fleet: Fleet, why: str, doubt: str
) -> None:
    """The server never heard of the rows that the kiosk had: only the opening says that there were any."""
    start = msgspec.structs.replace(opened(NOON), why=why)
    fleet.send(NOON, start, scan(1, at=NOON))
    fleet.send(NEXT + SOON, digest(2, NEXT + SOON), first=2)
    assert fleet.day().records.doubts == (doubt,)
    for row in (3, 4):
        midnight = NEXT + timedelta(days=row - 2)
        fleet.send(midnight + SOON, digest(row, midnight + SOON), first=row)
    assert fleet.day(DAY + timedelta(days=2)).records.complete


def test_a_day_is_whole_once_its_closing_digest_is_here(fleet: Fleet) -> None:
    a_whole_day(fleet)
    assert fleet.day().records == Proof(here=3, expected=3, as_of=NEXT)
    (row,) = fleet.day().rows
    assert (row.visits, row.records) == (2, fleet.day().records)
    for by in ("day", "hour"):
        (row,) = fleet.figures.summary(DAY, DAY, by).rows
        assert row.records == fleet.day().records


def test_a_day_that_goes_on_is_told_as_of_its_last_record(fleet: Fleet) -> None:
    fleet.send(MIDNIGHT + SOON, opened(MIDNIGHT), digest(1, MIDNIGHT + SOON), scan(2, at=MIDNIGHT + SOON))
    fleet.send(NOON, scan(3, at=NOON))
    fleet.clock.at = NOON + timedelta(hours=1)
    assert fleet.day().records == Proof(here=2, expected=2, as_of=NOON)


def test_a_day_that_is_over_without_a_digest_is_not_proved_until_it_comes(fleet: Fleet) -> None:
    fleet.send(NOON, opened(NOON), scan(1, at=NOON))
    fleet.clock.at = LATER
    assert fleet.day().records.doubts == ("no_digest",)
    fleet.send(LATER, digest(2, LATER))
    assert fleet.day().records == Proof(here=3, expected=3, as_of=NEXT)


def test_a_hole_is_counted_and_named_and_filled_when_its_rows_come(fleet: Fleet) -> None:
    a_whole_day(fleet)
    fleet.send(LATER, digest(7, LATER), first=7)
    today = fleet.day(DAY + timedelta(days=1)).records
    assert (today.here, today.expected, today.as_of, today.doubts) == (1, 3, None, ("gap",))
    assert fleet.day().records.complete
    fleet.send(LATER, scan(5, at=LATER), scan(6, at=LATER))
    assert fleet.day(DAY + timedelta(days=1)).records.complete


def test_a_start_is_missed_although_nothing_of_it_ever_came(fleet: Fleet) -> None:
    fleet.send(MIDNIGHT + SOON, opened(MIDNIGHT), digest(1, MIDNIGHT + SOON))
    fleet.send(NEXT + SOON, follows(2, 30, NEXT), digest(1, NEXT + SOON), number=3)
    proof = fleet.day().records
    assert (proof.here, proof.expected, proof.doubts) == (2, 33, ("gap",))
    fleet.send(LATER, follows(1, 1, NOON), *(scan(n, at=NOON) for n in range(1, 31)), number=2)
    assert fleet.day().records == Proof(here=33, expected=33, as_of=NEXT)


def test_the_end_of_a_start_is_missed_where_the_next_one_speaks_of_it(fleet: Fleet) -> None:
    fleet.send(MIDNIGHT + SOON, opened(MIDNIGHT), digest(1, MIDNIGHT + SOON))
    fleet.send(NOON, scan(2, at=NOON))
    fleet.send(NEXT + SOON, follows(1, 9, NOON), scan(1, at=NOON), digest(2, NEXT + SOON), number=2)
    proof = fleet.day().records
    assert (proof.here, proof.expected, proof.doubts) == (4, 11, ("gap",))
    assert (DAY, ("gap",)) in [(row.day, row.records.doubts) for row in fleet.figures.overview().unproved]
    fleet.send(LATER, *(scan(n, at=NOON) for n in range(3, 10)))
    assert fleet.day().records == Proof(here=11, expected=11, as_of=NEXT)


def test_a_row_that_cannot_be_read_leaves_the_day_in_doubt(fleet: Fleet) -> None:
    a_whole_day(fleet)
    fleet.send(LATER, b"{}", digest(6, LATER), first=5)
    assert fleet.day(DAY + timedelta(days=1)).records.doubts == ("refused",)
    assert fleet.day().records.complete


def test_a_kiosk_added_later_is_asked_for_no_earlier_day(fleet: Fleet) -> None:
    a_whole_day(fleet)
    fleet.clock.at = LATER
    fleet.places.add_kiosk(OTHER, "Takaovi", "v-uimahalli")
    assert fleet.day().records.complete
    assert fleet.day(DAY + timedelta(days=1)).records.doubts == ("never_heard",)


def test_a_kiosk_that_moved_is_asked_for_both_places_on_that_day(fleet: Fleet) -> None:
    fleet.send(MIDNIGHT + SOON, opened(MIDNIGHT), digest(1, MIDNIGHT + SOON), scan(2, at=MIDNIGHT + SOON))
    fleet.clock.at = NOON
    fleet.places.add_venue("Teatteri", "Rovaniemi", "culture", "Europe/Helsinki")
    fleet.places.add_kiosk(KIOSK, "Ovi", "v-teatteri")
    fleet.send(NOON, scan(3, at=NOON, venue="v-teatteri"))
    fleet.clock.at = LATER
    assert [row.records.doubts for row in fleet.day().rows] == [("no_digest",)] * 2


def test_the_unproved_days_of_the_week_are_named_kiosk_by_kiosk(fleet: Fleet) -> None:
    a_whole_day(fleet)
    fleet.clock.at = NEXT + timedelta(days=2, hours=1)
    found = fleet.figures.overview().unproved
    assert {row.kiosk for row in found} == {KIOSK}
    assert [row.day for row in found] == [DAY + timedelta(days=1), DAY + timedelta(days=2)]
    assert {row.records.doubts for row in found} == {("no_digest",)}


def status(fleet: Fleet, state: str, at: datetime, *, connection: int = 1) -> None:
    fleet.clock.at = at
    told = msgspec.convert(
        {"state": state, "boot_id": BOOT, "connection": connection, "type": "status/1"}, Status
    )
    fleet.store.write([StatusArrived(KIOSK, at, told, retained=False)])


def test_a_kiosk_that_is_off_is_told_with_its_moment_and_one_that_owes_a_digest_without(
    fleet: Fleet,
) -> None:
    status(fleet, "online", NOON)
    fleet.send(NOON, opened(NOON), scan(1, at=NOON))
    fleet.clock.at = LATER
    assert fleet.day().records.doubts == ("no_digest",)
    evening = NOON + timedelta(hours=6)
    status(fleet, "lost", evening)
    fleet.clock.at = LATER
    off = fleet.day().records
    assert (off.doubts, off.silent_since) == (("silent",), evening)
    assert fleet.day(DAY + timedelta(days=1)).records.doubts == ()  # it goes on; its moment says how far
    status(fleet, "online", LATER, connection=2)
    assert fleet.day().records.doubts == ("no_digest",)
    fleet.send(LATER, digest(2, LATER))
    assert fleet.day().records.complete


def test_a_kiosk_that_was_there_until_the_day_was_over_owes_its_digest(fleet: Fleet) -> None:
    fleet.send(NOON, opened(NOON))
    status(fleet, "stopped", NEXT + timedelta(hours=1))
    fleet.clock.at = LATER
    assert fleet.day().records.doubts == ("no_digest",)


def test_each_kiosk_s_figures_of_today_have_their_own_coverage(fleet: Fleet) -> None:
    fleet.places.add_kiosk(OTHER, "Takaovi", "v-uimahalli")
    fleet.send(NOON, opened(NOON), scan(1, at=NOON), scan(2, at=NOON))
    fleet.send(NOON, scan(2, at=NOON), first=2, kiosk=OTHER)
    fleet.clock.at = NOON + timedelta(hours=1)
    door, back = fleet.figures.overview().kiosks
    assert (door.visits_today, door.records) == (2, Proof(here=3, expected=3, as_of=NOON))
    assert (back.visits_today, back.records.here, back.records.expected) == (1, 1, 3)
    assert back.records.doubts == ("gap",)


def test_a_span_of_more_than_one_answer_proves_is_refused_with_what_to_ask_for(fleet: Fleet) -> None:
    with fleet.database.reading() as connection:
        Proofs(connection, DAY, DAY + timedelta(days=6), LATER, most=7)
        with pytest.raises(SpanTooLong, match=r"8 days of 1 kiosks are more .* at most 7 days at once"):
            Proofs(connection, DAY, DAY + timedelta(days=7), LATER, most=7)


def test_the_year_s_figures_say_whether_the_year_is_whole(fleet: Fleet) -> None:
    statistics = StoredStatistics(fleet.database, HELSINKI, fleet.clock, count_assistants=False)
    a_whole_day(fleet)
    fleet.clock.at = LATER
    assert statistics.of_year(DAY.year).records.doubts == ()
    fleet.send(LATER, scan(7, at=LATER), first=7)
    year = statistics.of_year(DAY.year).records
    assert (year.expected - year.here, year.doubts) == (2, ("gap",))
    assert statistics.of_year(DAY.year - 1).records == Proof()
    assert statistics.of_year(DAY.year + 1).records == Proof()
