"""Letters are read once more while a kiosk goes on sending: what belongs together finds together."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection

from agent.wire.messages import Receipt
from agent.wire.records import Record
from server.adapters.database import Database
from server.adapters.facts import Delivery, FactWriter
from server.adapters.letters import StoredLetters
from server.domain.arrivals import BatchArrived
from server.domain.figures import Reread
from server.ingest import UNTAKEN
from tests.server.adapters.dead_letters import LOST_KEY
from tests.server.adapters.test_dating import at
from tests.server.kiosk import KIOSK, NOW, batch, by_hand, follows, open_code, opened, pair, scan, stamp
from tests.server.stored_fleet import HELSINKI, Fleet

BLOCKED_S: Final = 0.5
"""More than a batch of one row takes: who is not done by then waits for the transaction."""


class Slow(FactWriter):
    """Something else is sent before its work, or after it and before its commit."""

    other: Future[object]

    def __init__(self, meanwhile: Callable[[], object], *, before: bool) -> None:
        super().__init__(open_code, HELSINKI)
        self._meanwhile = meanwhile
        self._before = before

    def write(
        self, connection: Connection, generation: str, deliveries: Sequence[Delivery], unread: str = ""
    ) -> list[tuple[str, Receipt]]:
        if self._before:
            self._begin()
        receipts = super().write(connection, generation, deliveries, unread)
        if not self._before:
            self._begin()
        return receipts

    def _begin(self) -> None:
        pool = ThreadPoolExecutor(1)
        self.other = pool.submit(self._meanwhile)
        pool.shutdown(wait=False)
        wait([self.other], BLOCKED_S)


def read_while(database: Database, meanwhile: Callable[[], object], *, before: bool = False) -> Reread:
    facts = Slow(meanwhile, before=before)
    outcome = StoredLetters(database, facts, lambda: None).retry()
    facts.other.result()
    return outcome


def test_a_scan_that_is_read_again_while_its_letting_in_arrives_is_one_visit(database: Database) -> None:
    fleet = Fleet(database, LOST_KEY)
    fleet.send(batch([opened(), scan(1, shown=None)]))
    let_in = by_hand(1, adopts=1)
    assert read_while(database, lambda: _send(fleet, [follows(1, 1), let_in])) == Reread(read=1, unread=0)
    assert fleet.visits() == 1
    assert fleet.agrees()


def test_totals_hold_where_what_is_read_and_what_arrives_both_date_a_visit(database: Database) -> None:
    """Nobody heard its boot: a scan of it has the time, and a start that is heard follows. Each moves it."""
    began = NOW - timedelta(days=1)
    knows, knows_not = (
        stamp(began + timedelta(minutes=minutes), boot="unheard", boottime_ms=minutes * 60_000, synced=synced)
        for minutes, synced in ((1, True), (2, False))
    )
    fleet = Fleet(database, LOST_KEY)
    let_in = msgspec.structs.replace(by_hand(2), clock=knows_not)
    fleet.send(batch([at(opened(), knows_not), scan(1, clock=knows), let_in], clock=pair(NOW)))
    follower = follows(1, 2, began + timedelta(hours=1))
    assert read_while(database, lambda: _send(fleet, [follower])) == Reread(read=1, unread=0)
    assert fleet.agrees()


def test_neither_waits_for_the_other_in_a_ring(database: Database) -> None:
    """Both note when the test card was held up, and of what arrives when its kiosk was seen."""
    fleet = Fleet(database)
    shown = batch([opened(), scan(1, test=True)])
    fleet.store.write([BatchArrived(KIOSK, NOW, shown)], UNTAKEN)

    def comes_later() -> None:
        fleet.send(batch([scan(2)], first=2), at=NOW + timedelta(minutes=1))

    assert read_while(database, comes_later, before=True) == Reread(read=2, unread=0)
    assert fleet.visits() == 1


def _send(fleet: Fleet, rows: list[Record]) -> None:
    fleet.send(batch(rows, number=2, clock=pair(NOW)))
