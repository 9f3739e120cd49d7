"""The contract of the store, on SQLite and on PostgreSQL: facts once, totals with them, nothing dropped."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from nacl.public import PrivateKey
from sqlalchemy import func, select

from agent.wire.card_code import CardCode
from agent.wire.messages import Alert, CardsGet, ClockPair, OutboxEntry, Records, Status
from agent.wire.records import Party, Scan
from agent.wire.sealing import opener
from server.adapters.alerts import alerts_up
from server.adapters.database import Database
from server.adapters.tables import epochs, records, visits
from server.adapters.verify import verify
from server.domain.alerts import ROW_ALERT
from server.domain.arrivals import AlertArrived, BatchArrived, InfoArrived, StatusArrived
from server.domain.completeness import Proof
from server.domain.figures import SummaryRow
from server.domain.troubles import Problem, Trouble
from server.ingest import Kept, NotStored
from tests.agent.examples import BIRTH
from tests.server.kiosk import (
    BOOT,
    KIOSK,
    NOW,
    SEALED,
    batch,
    epoch,
    follows,
    not_sealed,
    opened,
    pair,
    scan,
    sealed,
    stamp,
)
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


def test_the_test_card_is_no_visit_and_says_when_the_kiosk_was_tested(fleet: Fleet) -> None:
    """Its code is none: nothing of it is opened, so no key is missed."""
    early, late = NOW - timedelta(hours=2), NOW - timedelta(hours=1)

    def held_up(seq: int, at: datetime) -> Scan:
        return msgspec.structs.replace(scan(seq, at=at), test=True, reason="test", code_sealed="bm9uZQ==")

    assert fleet.kiosk().tested_at is None
    kept = fleet.send(batch([opened(), held_up(1, early), held_up(2, late)]))
    assert kept.receipts[0][1].refused == ()
    assert (fleet.visits(), fleet.kiosk().tested_at) == (0, late)
    fleet.send(batch([held_up(3, early)], first=3))
    assert fleet.kiosk().tested_at == late, "records may come in any order"
    assert fleet.figures.overview().latest == ()
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


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (b'{"type":"scan/1","seq":2}', "missing"),
        (b'{"type":"later/1","seq":2}', "Invalid value"),
        (b"17", "Expected `object`"),
        (b'{"seq":2,"type":"scan/1","party":{"adults":-1}}', ""),
        (b"[" * 5000 + b"]" * 5000, ""),
        (b'{"type":"opened/1","x":1e999}', ""),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_and_the_rest_goes_on(
    fleet: Fleet, row: bytes, why: str
) -> None:
    rows = batch([opened(), scan(1), row, scan(3)])
    (_, receipt), *_ = fleet.send(rows).receipts
    assert receipt.upto == 3
    assert [entry.seq for entry in receipt.refused] == [2]
    assert why in receipt.refused[0].why
    assert fleet.visits() == 2
    assert fleet.send(rows).receipts[0][1] == receipt
    with fleet.database.reading() as connection:
        assert connection.scalar(select(records.c.body).where(records.c.state == "refused")) == row


@pytest.mark.parametrize(
    "code_sealed",
    ["", "!", not_sealed(b"x" * 58), sealed("A" * 33), sealed("A\x00B"), sealed("https://a.example/\n")],
    ids=["empty", "no base64", "no box", "too long", "a control character", "an address"],
)
def test_a_code_that_cannot_be_opened_or_kept_is_refused(fleet: Fleet, code_sealed: str) -> None:
    ((_, receipt),) = fleet.send(batch([scan(1, code_sealed=code_sealed)])).receipts
    assert [entry.seq for entry in receipt.refused] == [1]
    assert fleet.visits() == 0


def test_a_text_that_no_table_bears_is_refused_and_not_the_batch(fleet: Fleet) -> None:
    ((_, receipt),) = fleet.send(batch([scan(1, venue="v-\x00"), scan(2)])).receipts
    assert [entry.seq for entry in receipt.refused] == [1]
    assert fleet.visits() == 1


def test_a_row_whose_seq_is_not_its_place_is_refused_under_its_place(fleet: Fleet) -> None:
    ((_, receipt),) = fleet.send(batch([opened(), scan(1), scan(7)])).receipts
    assert (receipt.upto, [entry.seq for entry in receipt.refused]) == (2, [2])


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


def test_a_stale_will_does_not_take_a_kiosk_off(fleet: Fleet) -> None:
    def says(state: str, connection: int, at: datetime, *, retained: bool = False) -> None:
        status = Status(state=state, boot_id=BOOT, connection=connection)  # type: ignore[arg-type]  # literals
        fleet.store.write([StatusArrived(KIOSK, at, status, retained)])

    assert fleet.kiosk().state == "never"
    says("online", 7, NOW)
    says("lost", 6, NOW + timedelta(seconds=1))
    assert (fleet.kiosk().state, fleet.kiosk().since) == ("working", NOW)
    says("lost", 7, NOW + timedelta(seconds=2))
    assert (fleet.kiosk().state, fleet.kiosk().last_seen) == ("lost", NOW)
    says("online", 8, NOW + timedelta(seconds=3), retained=True)
    assert (fleet.kiosk().state, fleet.kiosk().last_seen) == ("working", NOW)


def test_a_birth_tells_what_waits_and_hostile_numbers_fit(fleet: Fleet) -> None:
    info = msgspec.structs.replace(
        BIRTH,
        software="0.1\x00",
        cards_count=10**30,
        outbox=(OutboxEntry(epoch=epoch(1), rows=10**30), OutboxEntry(epoch=epoch(2), rows=3)),
    )
    status = Status(state="online", boot_id="\x00", connection=10**30)
    fleet.store.write([InfoArrived(KIOSK, NOW, info, False), StatusArrived(KIOSK, NOW, status, False)])
    row = fleet.kiosk()
    assert (row.camera, row.software, row.waiting, row.list_behind) == ("picamera", "0.1?", 2**53, 0)


def test_a_hostile_clock_does_not_stop_the_batch(fleet: Fleet) -> None:
    clocks: Sequence[datetime] = (
        datetime.min.replace(tzinfo=ZoneInfo("Asia/Tokyo")),
        datetime.max.replace(tzinfo=ZoneInfo("America/Lima")),
    )
    for number, at in enumerate(clocks):
        clock = pair(at, boot="\x00")
        row = scan(1, clock=stamp(at, boot="\x00", boottime_ms=2**53))
        assert fleet.send(batch([row], number=number, clock=clock)).receipts
    assert fleet.visits() == 2


@pytest.mark.parametrize(
    "utc", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2027-11-24T10:00:00Z"]
)
def test_what_a_kiosk_says_to_have_heard_beyond_the_calendar_is_passed_over(fleet: Fleet, utc: str) -> None:
    said = ClockPair(boot_id="boot-0", boottime_ms=2**53, utc=datetime.fromisoformat(utc), source="server")
    row = scan(0, clock=stamp(NOW, boot="boot-0", boottime_ms=0, synced=False))
    sent = msgspec.structs.replace(batch([row]), heard=said)
    ((_, receipt),) = fleet.send(sent).receipts
    assert (receipt.upto, receipt.refused) == (0, ())
    with fleet.database.reading() as connection:
        assert connection.scalar(select(visits.c.quality)) == "bounded"


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


def test_a_receipt_never_claims_a_row_that_is_missing(fleet: Fleet) -> None:
    assert upto(fleet, batch([opened(), scan(1)])) == 1
    assert upto(fleet, batch([scan(4), scan(5)])) == 1
    assert upto(fleet, batch([scan(5), scan(6)])) == 1
    assert upto(fleet, batch([scan(2), scan(3)])) == 6
    assert fleet.visits() == 6


def test_of_an_epoch_without_its_first_row_nothing_is_claimed(fleet: Fleet) -> None:
    assert upto(fleet, batch([scan(1), scan(2)])) == -1
    assert upto(fleet, batch([opened()])) == 2


def test_batches_of_one_commit_are_receipted_together(fleet: Fleet) -> None:
    kept = fleet.send(batch([scan(2), scan(3)]), batch([opened(), scan(1)]))
    assert [receipt.upto for _, receipt in kept.receipts] == [3, 3]


def test_rows_that_the_kiosk_has_no_more_are_not_waited_for(fleet: Fleet) -> None:
    late = msgspec.structs.replace(batch([scan(7), scan(8)]), kept_from=7)
    assert upto(fleet, late) == 8
    with fleet.database.reading() as connection:
        row = connection.execute(select(epochs.c.last_seq, epochs.c.row_count)).one()
    assert tuple(row) == (8, 2)


def test_an_epoch_knows_which_it_follows(fleet: Fleet) -> None:
    fleet.send(batch([opened()]))
    fleet.send(batch([follows(1, 41)], number=2))
    with fleet.database.reading() as connection:
        rows = connection.execute(select(epochs.c.opened, epochs.c.previous_epoch, epochs.c.previous_last))
        assert [tuple(row) for row in rows] == [(True, None, None), (True, epoch(1), 41)]


def test_two_epochs_that_follow_the_same_one_are_a_copied_card_and_all_is_kept(fleet: Fleet) -> None:
    fleet.send(batch([opened(), scan(1)]))
    fleet.send(batch([follows(1, 1), scan(1)], number=2))
    assert not any(problem.name == "copied" for problem in fleet.figures.overview().problems)
    fleet.send(batch([follows(1, 1), scan(1), scan(2)], number=3))
    assert any(problem.name == "copied" for problem in fleet.figures.overview().problems)
    assert fleet.visits() == 4
    assert fleet.agrees()


def test_a_card_that_was_put_back_is_told_though_one_start_alone_goes_on_from_it(fleet: Fleet) -> None:
    fleet.send(batch([opened(), scan(1), scan(2)]))
    fleet.send(batch([follows(1, 2)], number=2))
    assert not any(problem.name == "copied" for problem in fleet.figures.overview().problems)
    fleet.send(batch([follows(2, 0), scan(1)], number=3))
    fleet.send(batch([scan(3), scan(4)], first=3))
    fleet.send(batch([scan(1)], number=2, first=1))
    assert Problem("copied", 1) in fleet.figures.overview().problems
    assert fleet.agrees()


def test_a_refused_record_that_comes_again_is_read_again(database: Database) -> None:
    """As after the server got its right key back, or a newer version."""
    rows = batch([opened(), scan(1, children=2, clock=stamp(NOW, synced=False, boot="lost"))])
    blind = Fleet(database, opener(bytes(PrivateKey.generate())))
    ((_, receipt),) = blind.send(rows).receipts
    assert (receipt.upto, [entry.seq for entry in receipt.refused]) == (1, [1])
    seeing = Fleet(database, places=blind.places)
    ((_, receipt),) = seeing.send(rows, at=NOW + timedelta(days=3)).receipts
    assert (receipt.upto, receipt.refused) == (1, ())
    assert seeing.states() == ["stored", "stored"]
    assert seeing.visits() == 1
    assert seeing.agrees()
    assert not seeing.figures.overview().problems
    assert seeing.send(rows).receipts[0][1].refused == ()
    assert seeing.visits() == 1


def upto(fleet: Fleet, rows: Records) -> int:
    ((_, receipt),) = fleet.send(rows).receipts
    return receipt.upto


def test_a_row_that_the_store_did_not_take_is_kept_as_it_came(fleet: Fleet) -> None:
    fleet.send(batch([opened()]))
    kept = fleet.store.write([BatchArrived(KIOSK, NOW, batch([scan(1)]))], unread="no")
    ((_, receipt),) = kept.receipts
    assert (receipt.upto, [(entry.seq, entry.why) for entry in receipt.refused]) == (1, [(1, "no")])
    assert fleet.states() == ["stored", "refused"]
    assert fleet.send(batch([scan(1)])).receipts[0][1].refused == ()
    assert fleet.visits() == 1


def test_alerts_are_kept_by_kiosk_and_name_until_they_are_over(fleet: Fleet) -> None:
    alert = Alert(since=None, detail="no picture comes from the camera")

    def say(*said: tuple[str, str, Alert | None]) -> None:
        fleet.store.write([AlertArrived(kiosk, NOW, name, one, retained=False) for kiosk, name, one in said])

    online = Status(state="online", boot_id=BOOT, connection=1)
    fleet.store.write([StatusArrived(one, NOW, online, retained=False) for one in (KIOSK, OTHER)])
    say(
        (KIOSK, "camera", alert), (KIOSK, "storage", alert), (OTHER, "camera", alert), (OTHER, "camera", None)
    )
    assert (fleet.kiosk().state, fleet.kiosk(OTHER).state) == ("attention", "working")
    assert [trouble.name for trouble in fleet.kiosk().troubles] == ["storage", "camera"]
    say((KIOSK, "storage", None), (KIOSK, "camera", alert))
    assert fleet.kiosk().troubles == (Trouble("camera"),)
    say((KIOSK, "camera", None))
    assert fleet.kiosk().state == "working"
    say(("k-cccccccccc", "camera", alert))  # a stranger's word is ignored


def test_a_row_that_cannot_be_stored_is_told_until_a_row_of_that_kiosk_is(fleet: Fleet) -> None:
    told = Alert(since=None, detail="it waits on its kiosk")
    for kiosk, name in ((KIOSK, ROW_ALERT), (OTHER, ROW_ALERT), (KIOSK, "camera")):
        fleet.store.write([AlertArrived(kiosk, NOW, name, told, retained=False)])
    with fleet.database.reading() as connection:
        assert alerts_up(connection, {KIOSK})[KIOSK].keys() == {ROW_ALERT, "camera"}
    fleet.send(batch([opened()]))
    with fleet.database.reading() as connection:
        left = alerts_up(connection, None)
    assert {(kiosk, name) for kiosk, names in left.items() for name in names} == {
        (KIOSK, "camera"),
        (OTHER, ROW_ALERT),
    }


def test_a_row_that_nobody_thought_of_is_not_stored_and_nothing_of_it_is_said(database: Database) -> None:
    def overflows(_: str) -> CardCode:
        raise OverflowError("A999123453 is too large")

    fleet = Fleet(database, unseal=overflows)
    with pytest.raises(NotStored) as refused:
        fleet.send(batch([opened(), scan(1)]))
    assert str(refused.value) == "OverflowError at its content"
    assert refused.value.__suppress_context__
    fleet.send(batch([opened()]))
    assert fleet.states() == ["stored"]
