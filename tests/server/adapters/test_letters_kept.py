"""Whatever is refused is kept as it came, on both databases."""

import msgspec
import pytest
from sqlalchemy import select

from agent.wire.messages import Records, encode
from agent.wire.topics import of_kiosk
from server.adapters.database import Database
from server.adapters.record_tables import records
from server.domain.arrivals import BatchArrived, parse
from server.domain.figures import Reread
from server.ingest import UNTAKEN
from tests.server.adapters.dead_letters import LATER, LOST_KEY, letters
from tests.server.kiosk import KIOSK, NOW, batch, scan
from tests.server.stored_fleet import Fleet


def bodies(database: Database) -> list[bytes]:
    with database.reading() as connection:
        return list(connection.scalars(select(records.c.body).order_by(records.c.id)))


BROKEN = [
    LATER,
    b"17",
    b'{"seq":7,"type":"scan/1"}',
    b'{"type" : "scan/1" ,"seq":1 , "code_sealed":"\xc3\xa4"}',
    b'{"x":1e999}',
]


@pytest.mark.parametrize("row", BROKEN)
@pytest.mark.parametrize("unread", ["", UNTAKEN])
def test_whatever_is_refused_is_on_the_server_byte_for_byte_as_the_kiosk_sent_it(
    database: Database, row: bytes, unread: str
) -> None:
    """On every way to a dead letter, so that a retry here is enough and the kiosk need not send again."""
    fleet = Fleet(database)
    payload = encode(batch([row], first=1))
    kept = fleet.store.write([_arrived(payload)], unread)
    assert [entry.seq for entry in kept.receipts[0][1].refused] == [1]
    assert bodies(database) == [row]


def test_of_a_batch_whose_envelope_is_broken_the_refused_rows_are_kept_too(database: Database) -> None:
    fleet = Fleet(database)
    whole = encode(batch([LATER], first=1))
    broken = whole.replace(b'"source":"ntp"', b'"source":"moon"')
    assert broken != whole
    fleet.store.write([_arrived(broken)])
    assert bodies(database) == [LATER]


def test_another_row_under_a_refused_ones_name_is_kept_beside_it(database: Database) -> None:
    fleet = Fleet(database, LOST_KEY)
    for row in (scan(1), scan(1, children=3)):
        fleet.send(batch([row]))
    assert letters(database).retry() == Reread(read=2, unread=0)
    assert (fleet.visits(), fleet.conflicts()) == (2, [False, True])
    assert fleet.agrees()


def _arrived(payload: bytes) -> BatchArrived:
    arrived = parse(of_kiosk(KIOSK, "records"), payload, NOW, retained=False)
    assert isinstance(arrived, BatchArrived)
    assert isinstance(arrived.batch, Records)
    assert all(isinstance(row, msgspec.Raw) for row in arrived.batch.rows)
    return arrived
