"""Every figure says how many of the kiosks' records are here, and why it may not be whole."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import pytest
from sqlalchemy import select

from agent.wire.messages import Records, Status
from agent.wire.records import LOST, SET_ASIDE, Record
from server.adapters.database import Database
from server.adapters.facts import FactWriter
from server.adapters.figures import StoredFigures
from server.adapters.memory_cards import StoredMemoryCards
from server.adapters.places import Places
from server.adapters.proofs import Proofs
from server.adapters.statistics import StoredStatistics
from server.adapters.store import Store
from server.adapters.tables import kiosks
from server.domain.arrivals import BatchArrived, StatusArrived
from server.domain.completeness import Proof
from server.domain.endings import EndingRefused
from server.domain.figures import SpanTooLong, Summary
from tests.server.kiosk import (
    BOOT,
    KIOSK,
    Tick,
    batch,
    digest,
    epoch,
    follows,
    open_code,
    opened,
    pair,
    scan,
    stamp,
    stopwatch,
)
from tests.server.lease import held

HELSINKI: Final = ZoneInfo("Europe/Helsinki")
OTHER: Final = "k-bbbbbbbbbb"
DAY: Final = date(2026, 11, 24)
MIDNIGHT: Final = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
NOON: Final = MIDNIGHT + timedelta(hours=12)
NEXT: Final = MIDNIGHT + timedelta(days=1)
LATER: Final = NEXT + timedelta(hours=9)
LONG_AGO: Final = datetime(2025, 1, 1, tzinfo=UTC)
SOON: Final = timedelta(seconds=4)


class Fleet:
    """One kiosk at a venue, added two days before ``midnight``, and a clock."""

    def __init__(self, database: Database, midnight: datetime = MIDNIGHT) -> None:
        self.clock = Tick(midnight - timedelta(days=2))
        self.database = database
        self.store = Store(database, FactWriter(open_code, HELSINKI), held(database))
        self.figures = StoredFigures(database, HELSINKI, self.clock, count_assistants=False)
        self.places = Places(database, self.clock)
        self.places.add_venue("Uimahalli", "Rovaniemi", "sport", "Europe/Helsinki")
        self.places.add_kiosk(KIOSK, "Ovi", "v-uimahalli")

    def send(
        self,
        at: datetime,
        *rows: Record | bytes,
        number: int = 1,
        first: int | None = None,
        kiosk: str = KIOSK,
    ) -> None:
        """Sent and received at ``at``."""
        self.clock.at = at
        sent: Records = batch(rows, number=number, first=first, clock=pair(at))
        self.store.write([BatchArrived(kiosk, at, sent)])

    def send_late(
        self, at: datetime, *rows: Record, boot: str, number: int = 1, first: int | None = None
    ) -> None:
        """Sent at ``at`` by the boot after the one that wrote the rows."""
        self.clock.at = at
        sent = batch(rows, number=number, first=first, clock=pair(at, boot=boot, boottime_ms=60_000))
        self.store.write([BatchArrived(KIOSK, at, sent)])

    def day(self, day: date = DAY) -> Summary:
        return self.figures.summary(day, day, "venue")


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


def a_whole_day(fleet: Fleet) -> None:
    fleet.send(MIDNIGHT - timedelta(hours=9), opened(MIDNIGHT - timedelta(hours=9)))
    fleet.send(MIDNIGHT + SOON, digest(1, MIDNIGHT + SOON))
    fleet.send(NOON, scan(2, at=NOON), scan(3, at=NOON))
    fleet.send(NEXT + SOON, digest(4, NEXT + SOON))


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


def test_a_copied_card_leaves_the_day_in_doubt_and_all_is_counted(fleet: Fleet) -> None:
    a_whole_day(fleet)
    fleet.send(LATER, follows(1, 4, LATER), scan(1, at=LATER), number=2)
    fleet.send(LATER, follows(1, 4, LATER), scan(1, at=LATER), digest(2, LATER), number=3)
    today = fleet.day(DAY + timedelta(days=1))
    assert "copied" in today.records.doubts
    assert today.rows[0].visits == 2


def test_a_copied_card_that_is_silent_leaves_each_later_day_in_doubt(fleet: Fleet) -> None:
    a_whole_day(fleet)
    fleet.send(LATER, follows(1, 4, LATER), number=2)
    fleet.send(LATER, follows(1, 4, LATER), number=3)
    for days in (1, 2, 3):
        midnight = NEXT + timedelta(days=days) + SOON
        fleet.send(midnight, digest(days, midnight), number=2)
    third = DAY + timedelta(days=3)
    assert fleet.day(third).records.doubts == ("copied",)
    assert fleet.day().records.complete
    for days in (1, 2):
        midnight = NEXT + timedelta(days=days) + SOON
        fleet.send(midnight, digest(days, midnight), number=3)
    assert fleet.day(third).records.doubts == ("copied",)
    fleet.send(midnight + timedelta(days=1), digest(9, midnight + timedelta(days=1)), number=3, first=9)
    assert fleet.day(third).records.doubts == ("gap",)
    fleet.send(LATER, *(scan(n, at=LATER) for n in range(3, 9)), number=3, first=3)
    assert fleet.day(third).records.complete


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


def copied_fleet(fleet: Fleet) -> StoredMemoryCards:
    """Since the day after, two cards: number 2 tells each day's end, number 3 wrote twice and is silent."""
    a_whole_day(fleet)
    fleet.send(LATER, follows(1, 4, LATER), number=2)
    fleet.send(LATER, follows(1, 4, LATER), scan(1, at=LATER), number=3)
    for days in (1, 2, 3):
        midnight = NEXT + timedelta(days=days) + SOON
        fleet.send(midnight, digest(days, midnight), number=2)
    return StoredMemoryCards(fleet.database, fleet.clock)


def days_after(fleet: Fleet) -> list[Proof]:
    return [fleet.day(DAY + timedelta(days=days)).records for days in (1, 2, 3)]


def test_a_person_s_word_that_a_card_is_gone_ends_the_doubt_and_is_told(fleet: Fleet) -> None:
    cards = copied_fleet(fleet)
    assert [proof.doubts for proof in days_after(fleet)] == [("copied",)] * 3
    assert any(problem.name == "copied" for problem in fleet.figures.overview().problems)
    (kiosk,) = cards.copied()
    assert [(card.epoch, card.last_seq, card.gone) for card in kiosk.cards] == [
        (epoch(2), 3, False),
        (epoch(3), 1, False),
    ]
    cards.end(KIOSK, epoch(3), "web")
    assert [(proof.complete, proof.ended) for proof in days_after(fleet)] == [(True, 1)] * 3
    assert [proof.here for proof in days_after(fleet)] == [4, 1, 1]
    overview = fleet.figures.overview()
    assert overview.problems == ()
    assert overview.copied[0].settled
    cards.take_back(KIOSK, epoch(3))
    assert [proof.doubts for proof in days_after(fleet)] == [("copied",)] * 3


def test_the_word_is_void_once_the_card_writes_again(fleet: Fleet) -> None:
    cards = copied_fleet(fleet)
    cards.end(KIOSK, epoch(3), "cli")
    again = NEXT + timedelta(days=3, hours=2)
    fleet.send(again, scan(2, at=again), number=3)
    assert [proof.doubts for proof in days_after(fleet)] == [("copied",)] * 3
    assert not any(card.gone for card in cards.copied()[0].cards)
    with pytest.raises(EndingRefused, match="has written since"):
        cards.take_back(KIOSK, epoch(3))
    cards.end(KIOSK, epoch(3), "cli")
    assert all(proof.complete for proof in days_after(fleet))


def test_a_resend_is_no_word_of_a_card_that_is_gone(fleet: Fleet) -> None:
    cards = copied_fleet(fleet)
    cards.end(KIOSK, epoch(3), "api")
    fleet.send(fleet.clock.at, follows(1, 4, LATER), scan(1, at=LATER), number=3)
    assert all(proof.complete for proof in days_after(fleet))


def test_only_one_of_several_cards_can_be_gone_and_only_once(fleet: Fleet) -> None:
    cards = copied_fleet(fleet)
    for wrong in ("", "f", epoch(1), epoch(9)):
        with pytest.raises(EndingRefused, match="No kiosk has such"):
            cards.end(KIOSK, wrong, "cli")
    with pytest.raises(EndingRefused, match="No kiosk has such"):
        cards.end(OTHER, epoch(3), "cli")
    with pytest.raises(EndingRefused, match="not marked"):
        cards.take_back(KIOSK, epoch(3))
    cards.end(KIOSK, epoch(3), "cli")
    with pytest.raises(EndingRefused, match="already"):
        cards.end(KIOSK, epoch(3), "cli")
    with pytest.raises(EndingRefused, match="only memory card left"):
        cards.end(KIOSK, epoch(2), "cli")


def forked(fleet: Fleet) -> bool:
    with fleet.database.reading() as connection:
        return bool(connection.scalar(select(kiosks.c.forked).where(kiosks.c.id == KIOSK)))


@pytest.mark.parametrize("order", [(2, 3), (3, 2)])
def test_two_starts_after_one_are_noted_whichever_comes_first(fleet: Fleet, order: tuple[int, int]) -> None:
    a_whole_day(fleet)
    for number in order:
        assert not forked(fleet)
        fleet.send(LATER, follows(1, 4, LATER), number=number)
    assert forked(fleet)


def test_a_start_that_goes_on_after_it_was_followed_is_noted_whichever_comes_first(fleet: Fleet) -> None:
    fleet.send(NOON, opened(NOON), scan(1, at=NOON))
    fleet.send(LATER, follows(1, 1, LATER), number=2)
    assert not forked(fleet)
    fleet.send(LATER, scan(2, at=LATER), first=2)
    assert forked(fleet)


def test_a_start_that_follows_one_that_went_further_is_noted(fleet: Fleet) -> None:
    fleet.send(NOON, opened(NOON), scan(1, at=NOON), scan(2, at=NOON))
    fleet.send(LATER, follows(1, 1, LATER), number=2)
    assert forked(fleet)


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
