"""The contract of Journal: what a server lacks is sent again, and all of it to another database."""

from agent.ports.journal import Journal
from agent.wire.messages import Receipt
from tests.agent.examples import GENERATION, OTHER_EPOCH
from tests.ports.journals import HEARD, RESTORED, Reopen, everything, receipted, rows, start, write


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


def test_of_another_database_s_receipt_no_clock_is_kept(journal: Journal) -> None:
    epoch = start(journal).epoch
    journal.server_is(GENERATION)
    journal.receipt(Receipt(generation=RESTORED, epoch=epoch, upto=0, heard=HEARD))
    batch = everything(journal)
    assert batch is not None
    assert batch.heard is None
