"""The contract of Journal: what is kept after its receipt, how long, and how it is forgotten."""

from datetime import date

from agent.core.actions import Ref
from agent.ports.journal import DeadLetter, Journal
from tests.agent.examples import GENERATION
from tests.ports.journals import AT, RESTORED, Reopen, days_begin, everything, receipted, rows, start, write


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
