"""The contract of the store, on SQLite and on PostgreSQL: facts once, totals with them, nothing dropped."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from agent.wire.messages import CardsGet
from agent.wire.records import Party
from server.adapters.record_tables import visits
from server.adapters.verify import verify
from server.domain.completeness import Proof
from server.domain.figures import SummaryRow
from server.ingest_ports import Kept
from tests.server.kiosk import KIOSK, NOW, SEALED, batch, epoch, opened, pair, scan, stamp
from tests.server.stored_fleet import OTHER, Fleet


def test_a_batch_is_stored_counted_and_receipted_up_to_its_last_row(fleet: Fleet) -> None:
    kept = fleet.send(batch([opened(), scan(1, children=2), scan(2, children=None, verdict="unchecked")]))
    ((kiosk, receipt),) = kept.receipts
    assert (kiosk, receipt.epoch, receipt.upto, receipt.refused) == (KIOSK, epoch(1), 2, ())
    assert fleet.today() == SummaryRow(
        key="v-uimahalli",
        name="Uimahalli",
        visits=2,
        uses=4,
        adults=2,
        children=2,
        assistants=0,
        unanswered=1,
        unchecked=1,
        records=Proof(here=3, expected=3, as_of=None, doubts=("never_heard",)),  # of the other kiosk
    )
    assert fleet.agrees()


def test_a_resend_changes_nothing_and_is_receipted_again(fleet: Fleet) -> None:
    rows = batch([scan(1), scan(2)])
    first = fleet.send(rows)
    assert fleet.send(rows) == first
    assert fleet.send(rows, rows).receipts == first.receipts * 2
    assert fleet.visits() == 2
    assert fleet.states() == ["stored", "stored"]


def test_the_same_batch_twice_in_one_commit_counts_once(fleet: Fleet) -> None:
    rows = batch([scan(1)])
    fleet.send(rows, rows)
    assert fleet.visits() == 1


def test_another_record_under_the_same_name_is_kept_flagged_and_counted(fleet: Fleet) -> None:
    fleet.send(batch([scan(1, children=0)]))
    kept = fleet.send(batch([scan(1, children=5)]))
    assert kept.receipts[0][1].refused == ()
    assert (fleet.states(), fleet.conflicts()) == (["stored", "stored"], [False, True])
    assert fleet.visits() == 2
    assert fleet.agrees()
    assert any(problem.name == "conflict" for problem in fleet.figures.overview().problems)


def test_a_copied_card_is_told_also_where_its_record_is_of_another_place(fleet: Fleet) -> None:
    fleet.send(batch([scan(1)]))
    fleet.send(batch([scan(1, venue="v-elsewhere")]))
    assert (fleet.states(), fleet.conflicts()) == (["stored", "misplaced"], [False, True])
    problems = fleet.figures.overview().problems
    assert any(problem.name == "conflict" for problem in problems)
    assert any(problem.name == "misplaced" for problem in problems)
    assert fleet.visits() == 1


@pytest.mark.parametrize("venue", ["v-none", "v-teatteri"])
def test_a_visit_at_a_place_never_assigned_is_kept_out_of_the_totals(fleet: Fleet, venue: str) -> None:
    fleet.places.add_venue("Teatteri", "Rovaniemi", "culture", "Europe/Helsinki")
    ((_, receipt),) = fleet.send(batch([scan(1, venue=venue)])).receipts
    assert receipt.refused == ()
    assert fleet.states() == ["misplaced"]
    assert fleet.visits() == 0
    assert fleet.agrees()


def test_a_kiosk_that_moved_may_still_report_its_former_place(fleet: Fleet) -> None:
    fleet.places.add_venue("Teatteri", "Rovaniemi", "culture", "Europe/Helsinki")
    fleet.places.add_kiosk(KIOSK, "Ovi", "v-teatteri")
    fleet.send(batch([scan(1, venue="v-uimahalli"), scan(2, venue="v-teatteri")]))
    assert [row.key for row in fleet.figures.summary(None, None, "venue").rows] == [
        "v-teatteri",
        "v-uimahalli",
    ]


def test_test_cards_and_refused_visitors_are_no_visits(fleet: Fleet) -> None:
    fleet.send(batch([scan(1, test=True), scan(2, verdict="ask_staff")]))
    assert fleet.visits() == 0
    assert [row.verdict for row in fleet.figures.overview().latest] == ["ask_staff", "accepted"]
    assert fleet.agrees()


def test_an_unknown_kiosk_is_ignored(fleet: Fleet) -> None:
    kept = fleet.send(batch([scan(1)]), kiosk="k-zzzzzzzzzz")
    assert kept == Kept((), strangers=1)
    assert fleet.states() == []
    request = CardsGet(generation=None, since=0, limit=1)
    assert fleet.store.page(request, ["k-zzzzzzzzzz"]) is None


def test_two_kiosks_with_the_same_epoch_are_two(fleet: Fleet) -> None:
    fleet.send(batch([scan(1)]))
    fleet.send(batch([scan(1)]), kiosk=OTHER)
    assert fleet.visits() == 2
    assert fleet.kiosk(KIOSK).visits_today == fleet.kiosk(OTHER).visits_today == 1


def test_a_visit_before_midnight_counts_for_the_day_of_its_venue(fleet: Fleet) -> None:
    late = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)  # half past midnight in Helsinki
    fleet.send(batch([scan(1, at=late), scan(2, at=late - timedelta(hours=1))]))
    days = fleet.figures.summary(date(2026, 11, 23), date(2026, 11, 24), "day").rows
    assert [(row.key, row.visits) for row in days] == [("2026-11-23", 1), ("2026-11-24", 1)]
    hours = fleet.figures.summary(date(2026, 11, 23), date(2026, 11, 24), "hour").rows
    assert [row.key for row in hours] == ["2026-11-23T23", "2026-11-24T00"]


def test_the_stopwatch_dates_what_the_calendar_could_not(fleet: Fleet) -> None:
    wrong = stamp(datetime(2025, 1, 1, tzinfo=UTC), synced=False, boottime_ms=60_000)
    fleet.send(batch([scan(1, clock=wrong)], clock=pair(NOW, boottime_ms=3_660_000)))
    other = stamp(datetime(2025, 1, 1, tzinfo=UTC), synced=False, boot="another")
    fleet.send(batch([scan(1, clock=other)], number=2, clock=pair(NOW)))  # a start is of one boot
    with fleet.database.reading() as connection:
        rows = connection.execute(select(visits.c.quality, visits.c.seen_at).order_by(visits.c.record_id))
        assert [tuple(row) for row in rows] == [("repaired", NOW - timedelta(hours=1)), ("bounded", NOW)]


def test_codes_are_masked_before_they_leave_the_store(fleet: Fleet) -> None:
    fleet.send(batch([scan(1)]))
    assert [row.masked_code for row in fleet.figures.overview().latest] == ["A•••••••53"]


def test_verify_notices_a_total_that_is_off(fleet: Fleet) -> None:
    fleet.send(batch([scan(1)]))
    with fleet.database.writing() as connection:
        connection.exec_driver_sql("UPDATE rollups SET adults = adults + 1")
    assert len(verify(fleet.database).differences) == 1
    with fleet.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM visits")
    assert len(verify(fleet.database).differences) == 2


def test_a_party_is_summed_as_it_came(fleet: Fleet) -> None:
    fleet.send(batch([scan(1, adults=2, children=3)]))
    row = fleet.today()
    assert row is not None
    assert Party(adults=row.adults, children=row.children) == Party(adults=2, children=3)
    with fleet.database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(visits)) == 1


def test_the_code_is_the_one_that_was_sealed(fleet: Fleet) -> None:
    fleet.send(batch([scan(1, code_sealed=SEALED)]))
    with fleet.database.reading() as connection:
        assert connection.scalar(select(visits.c.code)) == "A999123453"
