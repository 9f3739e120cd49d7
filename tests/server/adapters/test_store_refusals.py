"""What cannot be read is refused and kept, read again when it can be, and holds up nothing beside it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from nacl.public import PrivateKey
from sqlalchemy import select

from agent.wire.card_code import CardCode
from agent.wire.messages import ClockPair
from agent.wire.sealing import opener
from server.adapters.database import Database
from server.adapters.record_tables import records, visits
from server.domain.arrivals import BatchArrived
from server.ingest_ports import NotStored
from tests.server.kiosk import KIOSK, NOW, batch, not_sealed, opened, pair, scan, sealed, stamp
from tests.server.stored_fleet import Fleet


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


def test_a_row_that_the_store_did_not_take_is_kept_as_it_came(fleet: Fleet) -> None:
    fleet.send(batch([opened()]))
    kept = fleet.store.write([BatchArrived(KIOSK, NOW, batch([scan(1)]))], unread="no")
    ((_, receipt),) = kept.receipts
    assert (receipt.upto, [(entry.seq, entry.why) for entry in receipt.refused]) == (1, [(1, "no")])
    assert fleet.states() == ["stored", "refused"]
    assert fleet.send(batch([scan(1)])).receipts[0][1].refused == ()
    assert fleet.visits() == 1


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
