"""The contract of Journal, over SQLite on a disk and its twin in memory."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agent.adapters.simulated.journal import MemoryJournal
from agent.adapters.sqlite_journal import SqliteJournal
from agent.core.actions import Ref
from agent.ports.journal import Batch, DeadLetter, Journal, LastGreen, OpenHand, OpenScan, Start
from agent.wire.messages import ClockPair, Receipt, Refused
from agent.wire.records import ByHand, Correction, Party, RecordName
from tests.agent.examples import GENERATION, OTHER_EPOCH, moment, scan

KEY = 2**64 - 3
AT = moment(10)
RESTORED = "f" * 32
HEARD = ClockPair(
    boot_id=AT.boot_id,
    boottime_ms=12_345,
    utc=datetime(2026, 11, 24, 6, 12, 3, 412_000, UTC),
    source="server",
)
Reopen = Callable[[], Journal]


@pytest.fixture(params=["sqlite", "memory"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Reopen]:
    """Gives the journal of this device, as the next start of the agent finds it."""
    memory = MemoryJournal()
    opened: list[Journal] = []

    def reopen() -> Journal:
        for journal in opened:
            journal.close()
        opened[:] = [SqliteJournal(tmp_path / "journal.db") if request.param == "sqlite" else memory]
        return opened[0]

    yield reopen
    for journal in opened:
        journal.close()


@pytest.fixture
def journal(reopen: Reopen) -> Journal:
    return reopen()


def start(journal: Journal) -> Start:
    return journal.start(moment(10), "serial-1", "start")


def rows(batch: Batch | None) -> list[dict[str, Any]]:
    return [json.loads(row) for row in batch.rows] if batch else []


def everything(journal: Journal) -> Batch | None:
    return journal.batch(100, 96 * 1024)


def receipted(journal: Journal, epoch: str, upto: int, refused: dict[int, str]) -> None:
    rows = tuple(Refused(seq=seq, why=why) for seq, why in refused.items())
    journal.receipt(Receipt(generation=GENERATION, epoch=epoch, upto=upto, refused=rows))


def days_begin(journal: Journal, count: int) -> None:
    for number in range(count):
        journal.digest(date(2026, 11, 24) + timedelta(days=number), AT)


def write(journal: Journal, count: int) -> list[Ref]:
    """Settled scans."""
    refs = [journal.append(scan(), KEY) for _ in range(count)]
    for ref in refs:
        journal.settle(ref, None)
    return refs


def test_the_first_start_of_a_device_knows_none_before_it(journal: Journal) -> None:
    began = start(journal)
    assert (began.ordinal, began.open) == (1, None)
    (opened,) = rows(everything(journal))
    assert (opened["type"], opened["seq"], opened["previous"]) == ("opened/1", 0, "unknown")
    assert (opened["serial"], opened["why"], opened["clock"]["boottime_ms"]) == ("serial-1", "start", 10_000)


def test_each_start_names_the_last_record_of_the_one_before(reopen: Reopen) -> None:
    first = start(reopen())
    journal = reopen()
    second = start(journal)
    write(journal, 2)
    third = start(reopen())
    assert [began.ordinal for began in (first, second, third)] == [1, 2, 3]
    assert len({first.epoch, second.epoch, third.epoch}) == 3
    journal = reopen()
    chain = {}
    while batch := everything(journal):
        chain[batch.epoch] = rows(batch)[0]["previous"]
        receipted(journal, batch.epoch, batch.last, {})
    assert chain == {
        first.epoch: "unknown",
        second.epoch: {"epoch": first.epoch, "last_seq": 0},
        third.epoch: {"epoch": second.epoch, "last_seq": 2},
    }


def test_records_are_numbered_without_a_gap_and_the_writer_s_own_number_is_ignored(journal: Journal) -> None:
    epoch = start(journal).epoch
    assert write(journal, 3) == [Ref(epoch, 1), Ref(epoch, 2), Ref(epoch, 3)]
    assert [row["seq"] for row in rows(everything(journal))] == [0, 1, 2, 3]


def test_numbers_go_on_after_everything_has_its_receipt(journal: Journal) -> None:
    epoch = start(journal).epoch
    write(journal, 2)
    receipted(journal, epoch, 2, {})
    assert everything(journal) is None
    assert write(journal, 1) == [Ref(epoch, 3)]
    batch = everything(journal)
    assert batch is not None
    assert (batch.first, batch.last) == (3, 3)


def test_the_sender_stops_before_the_open_scan(journal: Journal) -> None:
    start(journal)
    ref = journal.append(scan(), KEY)
    assert len(rows(everything(journal))) == 1
    journal.settle(ref, None)
    assert len(rows(everything(journal))) == 2


def test_the_next_record_settles_the_open_one_as_it_stands(journal: Journal) -> None:
    start(journal)
    first = journal.append(scan(), KEY)
    journal.mark_shown(first, "green", AT)
    journal.append(scan(), KEY)
    assert [row.get("shown") for row in rows(everything(journal))] == [None, "green"]
    journal.settle(first, 3)  # too late
    assert rows(everything(journal))[1]["party"]["children"] is None


def test_an_answer_is_in_the_record_that_it_settles(journal: Journal) -> None:
    start(journal)
    ref = journal.append(scan(), KEY)
    journal.mark_shown(ref, "green", AT)
    journal.settle(ref, 2)
    (_, row) = rows(everything(journal))
    assert (row["shown"], row["party"]) == ("green", {"adults": 1, "children": 2, "assistants": 0})


def test_no_answer_is_null(journal: Journal) -> None:
    start(journal)
    write(journal, 1)
    assert rows(everything(journal))[1]["party"]["children"] is None


def test_the_bytes_of_a_settled_record_never_change(journal: Journal) -> None:
    start(journal)
    (ref,) = write(journal, 1)
    before = everything(journal)
    journal.mark_shown(ref, "staff", AT)
    journal.settle(ref, 5)
    assert everything(journal) == before


def test_notes_for_a_record_of_another_epoch_change_nothing(journal: Journal) -> None:
    start(journal)
    ref = journal.append(scan(), KEY)
    journal.settle(Ref(OTHER_EPOCH, ref.seq), 5)
    assert len(rows(everything(journal))) == 1


def test_a_batch_holds_no_more_rows_than_asked(journal: Journal) -> None:
    start(journal)
    write(journal, 5)
    batch = journal.batch(3, 96 * 1024)
    assert batch is not None
    assert [row["seq"] for row in rows(batch)] == [0, 1, 2]


def test_a_batch_holds_no_more_bytes_than_asked_but_always_one_row(journal: Journal) -> None:
    epoch = start(journal).epoch
    write(journal, 4)
    receipted(journal, epoch, 0, {})
    whole = everything(journal)
    assert whole is not None
    two_rows = sum(len(row) + 1 for row in whole.rows[:2])
    sizes = {limit: len(rows(journal.batch(100, limit))) for limit in (1, two_rows - 1, two_rows)}
    assert sizes == {1: 1, two_rows - 1: 1, two_rows: 2}


def test_the_oldest_epoch_goes_first_and_a_batch_is_of_one_epoch(reopen: Reopen) -> None:
    first = start(reopen())
    journal = reopen()
    second = start(journal)
    write(journal, 1)
    sent = []
    while batch := everything(journal):
        sent.append((batch.epoch, batch.first, batch.last))
        receipted(journal, batch.epoch, batch.last, {})
    assert sent == [(first.epoch, 0, 0), (second.epoch, 0, 1)]


def test_what_waits_is_counted_by_epoch_without_the_scan_that_is_still_open(reopen: Reopen) -> None:
    first = start(reopen())
    journal = reopen()
    second = start(journal)
    journal.append(scan(), KEY)
    assert list(journal.waiting()) == [(first.epoch, 1), (second.epoch, 1)]
    receipted(journal, first.epoch, 0, {})
    receipted(journal, second.epoch, 0, {})
    assert list(journal.waiting()) == []


def test_a_receipt_never_claims_a_scan_that_was_not_released(journal: Journal) -> None:
    epoch = start(journal).epoch
    ref = journal.append(scan(), KEY)
    receipted(journal, epoch, 99, {})
    journal.settle(ref, 2)
    batch = everything(journal)
    assert batch is not None
    assert (batch.first, batch.last) == (ref.seq, ref.seq)


def test_the_highest_receipt_holds_and_an_old_one_takes_nothing_back(journal: Journal) -> None:
    epoch = start(journal).epoch
    write(journal, 4)
    receipted(journal, epoch, 3, {})
    receipted(journal, epoch, 1, {})
    assert [row["seq"] for row in rows(everything(journal))] == [4]


def test_a_receipt_for_more_than_there_is_does_not_swallow_what_comes(journal: Journal) -> None:
    epoch = start(journal).epoch
    receipted(journal, epoch, 1000, {})
    write(journal, 1)
    assert [row["seq"] for row in rows(everything(journal))] == [1]


def test_a_receipt_for_an_epoch_that_is_not_here_is_ignored(journal: Journal) -> None:
    start(journal)
    receipted(journal, OTHER_EPOCH, 5, {0: "no"})
    assert len(rows(everything(journal))) == 1


def test_a_refused_row_is_no_longer_sent(journal: Journal) -> None:
    epoch = start(journal).epoch
    write(journal, 2)
    receipted(journal, epoch, 1, {1: "not of the contract"})
    assert [row["seq"] for row in rows(everything(journal))] == [2]


def test_receipts_and_records_survive_a_restart(reopen: Reopen) -> None:
    journal = reopen()
    epoch = start(journal).epoch
    write(journal, 3)
    receipted(journal, epoch, 1, {})
    assert [row["seq"] for row in rows(everything(reopen()))] == [2, 3]


def test_a_scan_that_no_light_was_lit_for_is_found_by_the_next_start(reopen: Reopen) -> None:
    journal = reopen()
    start(journal)
    ref = journal.append(scan(), KEY)
    assert start(reopen()).open == OpenScan(ref, KEY, lets_in=True, shown=None, clock=scan().clock)


def test_a_refused_scan_is_found_as_refused(reopen: Reopen) -> None:
    journal = reopen()
    start(journal)
    ref = journal.append(scan("ask_staff"), KEY)
    assert start(reopen()).open == OpenScan(ref, KEY, lets_in=False, shown=None, clock=scan().clock)


def test_it_stays_open_over_the_restart_and_nothing_younger_is_sent_before_it(reopen: Reopen) -> None:
    journal = reopen()
    first = start(journal)
    ref = journal.append(scan(), KEY)
    receipted(journal, first.epoch, 0, {})
    journal = reopen()
    second = start(journal)
    assert everything(journal) is None
    journal.mark_shown(ref, "green", AT)
    journal.settle(ref, 1)
    batch = everything(journal)
    assert batch is not None
    (row,) = rows(batch)
    assert (batch.epoch, row["shown"], row["party"]["children"]) == (first.epoch, "green", 1)
    receipted(journal, first.epoch, ref.seq, {})
    assert [batch.epoch for batch in [everything(journal)] if batch] == [second.epoch]


def test_a_record_of_the_next_start_settles_it_as_never_shown(reopen: Reopen) -> None:
    journal = reopen()
    start(journal)
    journal.append(scan(), KEY)
    journal = reopen()
    start(journal)
    journal.append(scan(), KEY)
    (_, row) = rows(everything(journal))
    assert row["shown"] is None


def test_a_scan_that_was_shown_is_found_as_shown_and_stays_open(reopen: Reopen) -> None:
    journal = reopen()
    start(journal)
    ref = journal.append(scan(), KEY)
    journal.mark_shown(ref, "green", AT)
    journal = reopen()
    assert start(journal).open == OpenScan(ref, KEY, lets_in=True, shown="green", clock=scan().clock)
    assert [row["seq"] for row in rows(everything(journal))] == [0]


def test_a_settled_scan_is_not_found_by_the_next_start(reopen: Reopen) -> None:
    journal = reopen()
    start(journal)
    journal.settle(journal.append(scan(), KEY), None)
    assert start(reopen()).open is None


def test_a_trial_leaves_no_record(journal: Journal) -> None:
    start(journal)
    journal.trial()
    assert len(rows(everything(journal))) == 1


def test_a_journal_that_holds_nothing_has_nothing_to_send(journal: Journal) -> None:
    assert everything(journal) is None
    assert list(journal.waiting()) == []


def test_dead_letters_are_kept_with_their_reason(reopen: Reopen) -> None:
    journal = reopen()
    epoch = start(journal).epoch
    write(journal, 2)
    receipted(journal, epoch, 2, {2: "not of the contract", 1: "negative"})
    letters = [DeadLetter(Ref(epoch, 1), "negative"), DeadLetter(Ref(epoch, 2), "not of the contract")]
    assert list(reopen().dead_letters()) == letters


def test_a_server_that_lacks_rows_gets_them_again(journal: Journal) -> None:
    epoch = start(journal).epoch
    write(journal, 5)
    receipted(journal, epoch, 5, {})
    journal.go_back(epoch, 2)
    assert [row["seq"] for row in rows(everything(journal))] == [3, 4, 5]
    journal.go_back(epoch, 4)  # it was further back already
    journal.go_back(OTHER_EPOCH, -1)
    assert [row["seq"] for row in rows(everything(journal))] == [3, 4, 5]
    journal.go_back(epoch, -1)
    assert [row["seq"] for row in rows(everything(journal))] == [0, 1, 2, 3, 4, 5]


def test_another_database_of_the_server_gets_all_that_is_kept_once_more(reopen: Reopen) -> None:
    journal = reopen()
    assert not journal.server_is(GENERATION)  # the first that this kiosk ever hears of
    first = start(journal)
    write(journal, 2)
    receipted(journal, first.epoch, 2, {})
    journal = reopen()
    second = start(journal)
    receipted(journal, second.epoch, 0, {})
    assert not journal.server_is(GENERATION)
    assert everything(journal) is None
    assert journal.server_is(RESTORED)
    assert list(journal.waiting()) == [(first.epoch, 3), (second.epoch, 1)]
    journal = reopen()
    assert not journal.server_is(RESTORED)
    assert len(rows(everything(journal))) == 3


def test_a_late_receipt_of_the_lost_database_is_not_believed(journal: Journal) -> None:
    epoch = start(journal).epoch
    write(journal, 1)
    journal.server_is(GENERATION)
    journal.server_is(RESTORED)
    receipted(journal, epoch, 1, {})
    assert len(rows(everything(journal))) == 2


def test_rows_are_kept_for_their_days_after_the_receipt_and_then_forgotten_in_small_pieces(
    reopen: Reopen,
) -> None:
    journal = reopen()
    began = start(journal)
    write(journal, 5)
    receipted(journal, began.epoch, 3, {})
    days_begin(journal, 30)
    assert journal.forget(30, 3) == 0
    days_begin(journal, 31)
    assert journal.forget(30, 3) == 3
    assert journal.forget(30, 3) == 1
    assert journal.forget(30, 3) == 0
    journal = reopen()
    batch = everything(journal)
    assert batch is not None
    assert (batch.first, batch.kept_from) == (4, 4)
    journal.go_back(began.epoch, -1)
    assert everything(journal) == batch


def test_a_day_that_begins_again_and_again_is_one_day(journal: Journal) -> None:
    epoch = start(journal).epoch
    receipted(journal, epoch, 0, {})
    for day in (date(2026, 11, 24), date(2027, 11, 24)) * 20:
        journal.digest(day, AT)
    assert journal.forget(2, 100) == 0
    assert journal.forget(1, 100) == 1


def test_a_row_that_waits_again_is_not_forgotten(journal: Journal) -> None:
    epoch = start(journal).epoch
    write(journal, 1)
    receipted(journal, epoch, 1, {})
    journal.go_back(epoch, 0)
    days_begin(journal, 1)
    assert journal.forget(0, 100) == 0
    journal.server_is(GENERATION)
    receipted(journal, epoch, 1, {})
    journal.server_is(RESTORED)
    days_begin(journal, 2)
    assert journal.forget(0, 100) == 0
    assert len(rows(everything(journal))) == 5


def test_a_dead_letter_outlives_its_time(journal: Journal) -> None:
    epoch = start(journal).epoch
    write(journal, 2)
    receipted(journal, epoch, 2, {1: "no"})
    days_begin(journal, 1)
    assert journal.forget(0, 100) == 3
    assert list(journal.dead_letters()) == [DeadLetter(Ref(epoch, 1), "no")]


def test_a_row_that_was_not_released_cannot_be_a_dead_letter(journal: Journal) -> None:
    epoch = start(journal).epoch
    journal.append(scan(), KEY)
    receipted(journal, epoch, 1, {1: "no"})
    assert list(journal.dead_letters()) == []


def test_a_digest_is_a_record_and_the_next_start_knows_its_day(reopen: Reopen) -> None:
    journal = reopen()
    assert start(journal).digested is None
    ref = journal.digest(date(2026, 11, 24), AT)
    (_, row) = rows(everything(journal))
    assert (row["type"], row["seq"], ref.seq) == ("digest/1", 1, 1)
    assert row["clock"]["boottime_ms"] == AT.boottime_ms
    assert start(reopen()).digested == date(2026, 11, 24)


def test_a_digest_settles_the_open_scan(journal: Journal) -> None:
    start(journal)
    journal.append(scan(), KEY)
    journal.digest(date(2026, 11, 24), AT)
    assert [row["seq"] for row in rows(everything(journal))] == [0, 1, 2]


def test_the_best_time_known_outlives_the_start(reopen: Reopen) -> None:
    journal = reopen()
    unset = moment(10, synced=False)
    assert journal.start(unset, "serial-1", "start").known_utc is None
    journal.append(scan(), KEY)
    journal = reopen()
    assert journal.start(unset, "serial-1", "start").known_utc is None
    journal.append(scan(), KEY, AT.wall_utc)
    journal = reopen()
    assert journal.start(unset, "serial-1", "start").known_utc == AT.wall_utc
    later = moment(500)
    journal.digest(date(2026, 11, 24), later)
    assert reopen().start(moment(10_000), "serial-1", "start").known_utc == later.wall_utc
    assert reopen().start(unset, "serial-1", "start").known_utc == moment(10_000).wall_utc


def test_a_record_of_the_staff_gets_its_number_and_settles_the_open_scan(journal: Journal) -> None:
    epoch = start(journal).epoch
    ref = journal.append(scan(), KEY)
    name = RecordName(epoch=ref.epoch, seq=ref.seq)
    clock = moment(20).stamp()
    by_hand = ByHand(seq=0, adopts=name, party=Party(), reason="button", venue="v-102", clock=clock)
    void = Correction(seq=0, of=name, party="void", why="mistake", clock=clock)
    assert journal.add(by_hand) == Ref(epoch, 2)
    assert journal.add(void) == Ref(epoch, 3)
    found = rows(everything(journal))
    assert [row["type"] for row in found] == ["opened/1", "scan/1", "by_hand/1", "correction/1"]
    assert [row["seq"] for row in found] == [0, 1, 2, 3]
    assert (found[2]["adopts"], found[3]["party"]) == ({"epoch": epoch, "seq": 1}, "void")


def test_the_test_card_s_record_waits_for_nobody_after_a_power_cut(reopen: Reopen) -> None:
    journal = reopen()
    start(journal)
    journal.append(msgspec.structs.replace(scan(), test=True), 0)
    journal = reopen()
    assert start(journal).open is None
    journal.digest(date(2026, 11, 24), AT)
    assert [row["type"] for row in rows(everything(journal))] == ["opened/1", "scan/1"]


def test_a_record_of_the_staff_keeps_the_best_time_known(reopen: Reopen) -> None:
    journal = reopen()
    start(journal)
    name = RecordName(epoch=OTHER_EPOCH, seq=1)
    void = Correction(seq=0, of=name, party="void", why="mistake", clock=moment(20).stamp())
    journal.add(void, moment(99).wall_utc)
    assert start(reopen()).known_utc == moment(99).wall_utc.replace(microsecond=0)


def test_a_start_is_told_of_a_letting_in_whose_light_was_not_marked(reopen: Reopen) -> None:
    by_hand = ByHand(
        seq=0, adopts=None, party=Party(), reason="button", venue="v-102", clock=moment(20).stamp()
    )
    journal = reopen()
    assert start(journal).hand is None
    ref = journal.add(by_hand, None, KEY)
    journal = reopen()
    assert start(journal).hand == OpenHand(ref, KEY)
    ref = journal.add(by_hand)
    journal = reopen()
    assert start(journal).hand == OpenHand(ref, None)
    marked = journal.add(by_hand)
    journal.mark_shown(marked, "green", AT)
    journal = reopen()
    assert start(journal).hand is None, "told once, and its light is known"
    journal.add(by_hand)
    write(journal, 1)
    assert start(reopen()).hand is None, "what came before another record has its light"


def test_the_last_card_that_was_shown_green_is_told_until_the_next_is_written(reopen: Reopen) -> None:
    journal = reopen()
    assert start(journal).green is None
    ref = journal.append(scan(), KEY)
    journal.mark_shown(ref, "green", AT)
    journal.settle(ref, 2)
    journal.digest(date(2026, 11, 24), AT)
    for _ in range(2):  # starts make nobody forget
        journal = reopen()
        assert start(journal).green == LastGreen(ref, KEY, AT.boot_id, AT.boottime_ms)
    refused = journal.append(scan("ask_staff"), KEY)
    journal.mark_shown(refused, "staff", AT)
    journal = reopen()
    assert start(journal).green is None


def test_a_card_that_the_staff_let_in_is_told_likewise_and_one_without_a_card_is_not(reopen: Reopen) -> None:
    by_hand = ByHand(
        seq=0, adopts=None, party=Party(), reason="button", venue="v-102", clock=moment(20).stamp()
    )
    journal = reopen()
    start(journal)
    ref = journal.add(by_hand, None, KEY)
    journal.mark_shown(ref, "green", AT)
    journal = reopen()
    assert start(journal).green == LastGreen(ref, KEY, AT.boot_id, AT.boottime_ms)
    journal.mark_shown(journal.add(by_hand), "green", AT)
    assert start(reopen()).green is None


def test_a_start_goes_on_above_the_starts_that_are_known_of_and_says_that_it_lacks_them(
    reopen: Reopen,
) -> None:
    journal = reopen()
    began = journal.start(AT, "serial-1", "start", 5)
    assert (began.ordinal, began.lost) == (6, True)
    (opened,) = rows(everything(journal))
    assert (opened["previous"], opened["why"]) == ("unknown", "journal lost")
    for known in (0, 6):
        journal = reopen()
        began = journal.start(AT, "serial-1", "start", known)
        assert not began.lost
    assert began.ordinal == 8


def test_the_oldest_row_without_a_receipt_tells_when_it_was_written(reopen: Reopen) -> None:
    journal = reopen()
    first = start(journal)
    write(journal, 2)
    assert journal.oldest_waiting() == moment(10).stamp()
    receipted(journal, first.epoch, 0, {})
    assert journal.oldest_waiting() == scan().clock
    receipted(journal, first.epoch, 2, {})
    assert journal.oldest_waiting() is None
    journal.append(scan(), KEY)
    assert journal.oldest_waiting() is None  # it is still open
    journal = reopen()
    journal.start(moment(500), "serial-1", "start")
    assert journal.oldest_waiting() == moment(500).stamp()


def test_what_a_receipt_says_of_a_clock_goes_out_with_all_rows_of_that_boot(reopen: Reopen) -> None:
    journal = reopen()
    epoch = start(journal).epoch
    write(journal, 3)
    journal.receipt(Receipt(generation=GENERATION, epoch=epoch, upto=1, heard=HEARD))
    journal = reopen()
    journal.start(replace(AT, boot_id="another"), "serial-1", "start")
    batch = everything(journal)
    assert batch is not None
    assert (batch.epoch, batch.heard) == (epoch, HEARD)
    receipted(journal, epoch, 3, {})
    batch = everything(journal)
    assert batch is not None
    assert (batch.epoch == epoch, batch.heard) == (False, None)


def test_of_another_database_s_receipt_no_clock_is_kept(journal: Journal) -> None:
    epoch = start(journal).epoch
    journal.server_is(GENERATION)
    journal.receipt(Receipt(generation=RESTORED, epoch=epoch, upto=0, heard=HEARD))
    batch = everything(journal)
    assert batch is not None
    assert batch.heard is None
