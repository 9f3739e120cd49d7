"""The contract of Journal: what is sent, receipted, kept and forgotten."""

from dataclasses import replace
from datetime import date

from agent.core.actions import Ref
from agent.ports.journal import DeadLetter, Journal
from agent.wire.messages import Receipt
from tests.agent.examples import GENERATION, OTHER_EPOCH, answered, moment, scan
from tests.ports.journals import (
    AT,
    HEARD,
    KEY,
    RESTORED,
    Reopen,
    days_begin,
    everything,
    receipted,
    rows,
    start,
    write,
)


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
    journal.settle(ref)
    assert len(rows(everything(journal))) == 2


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
    answered(journal, ref, 2)
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


def test_the_first_receipt_names_the_database(journal: Journal) -> None:
    """The server may be restored before the kiosk ever heard its name otherwise."""
    epoch = start(journal).epoch
    receipted(journal, epoch, 0, {})
    assert everything(journal) is None
    assert journal.server_is(RESTORED)
    assert rows(everything(journal))


def test_a_receipt_says_whether_it_counts(journal: Journal) -> None:
    epoch = start(journal).epoch
    journal.server_is(GENERATION)
    assert not journal.receipt(Receipt(generation=GENERATION, epoch=OTHER_EPOCH, upto=0))
    assert not journal.receipt(Receipt(generation=RESTORED, epoch=epoch, upto=0))
    assert rows(everything(journal))
    assert journal.receipt(Receipt(generation=GENERATION, epoch=epoch, upto=0))
    assert everything(journal) is None


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
