"""The contract of Journal: what is sent, and what a receipt ends."""

from dataclasses import replace

from agent.core.actions import Ref
from agent.ports.journal import DeadLetter, Journal
from agent.wire.messages import Receipt
from tests.agent.examples import GENERATION, OTHER_EPOCH, answered, moment, scan
from tests.ports.journals import AT, HEARD, KEY, Reopen, everything, receipted, rows, start, write


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
