"""A receipt claims what is here, from the first row on, and no row above a gap."""

import msgspec
from sqlalchemy import select

from agent.wire.messages import Records
from server.adapters.record_tables import epochs
from tests.server.kiosk import batch, opened, scan
from tests.server.stored_fleet import Fleet


def upto(fleet: Fleet, rows: Records) -> int:
    ((_, receipt),) = fleet.send(rows).receipts
    return receipt.upto


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
