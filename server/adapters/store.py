"""The store as ingest sees it: what arrived goes in, receipts and card pages come out."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from agent.wire.messages import CardsGet
from server.adapters.alerts import note_alerts, row_is_kept
from server.adapters.card_feed import read_page
from server.adapters.clock import utc_now
from server.adapters.clock_pairs import learn_health
from server.adapters.commands import note_replies, open_commands
from server.adapters.database import Database, DatabaseError, StatementRefused
from server.adapters.facts import UNTHOUGHT_OF, Delivery, FactWriter
from server.adapters.fleet_state import list_state_of
from server.adapters.lease import check, hold, renew
from server.adapters.matching import hold_visits
from server.adapters.places import places_of
from server.adapters.presence import note
from server.card_answers import Answer
from server.domain.arrivals import (
    AlertArrived,
    BatchArrived,
    HealthArrived,
    ReplyArrived,
    Written,
)
from server.domain.feed import ListState
from server.domain.lease import Lease
from server.domain.staff import OpenCommand
from server.ingest_ports import Kept, NotStored, StoreUnavailable


class Store:
    """Each call is one transaction, committed when it returns, and writes under the lease ``mine`` alone."""

    def __init__(
        self,
        database: Database,
        facts: FactWriter,
        mine: Lease,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._facts = facts
        self._mine = mine
        self._now = now

    def write(self, arrivals: Sequence[Written], unread: str = "") -> Kept:
        with _as_port_says(), self._database.writing() as connection:
            hold(connection, self._mine)
            generation = list_state_of(connection).generation
            places = places_of(connection, {arrived.kiosk for arrived in arrivals})
            ours = [arrived for arrived in arrivals if arrived.kiosk in places]
            if any(isinstance(arrived, BatchArrived) for arrived in ours):
                hold_visits(connection, alone=False)  # before any row that who holds them alone may write
            note(connection, ours)
            learn_health(connection, [arrived for arrived in ours if isinstance(arrived, HealthArrived)])
            note_replies(connection, [arrived for arrived in ours if isinstance(arrived, ReplyArrived)])
            note_alerts(connection, [arrived for arrived in ours if isinstance(arrived, AlertArrived)])
            deliveries = [
                Delivery(arrived, places[arrived.kiosk])
                for arrived in ours
                if isinstance(arrived, BatchArrived)
            ]
            receipts = self._facts.write(connection, generation, deliveries, unread) if deliveries else []
            row_is_kept(connection, {kiosk for kiosk, _ in receipts})
        return Kept(tuple(receipts), strangers=len(arrivals) - len(ours))

    def page(self, request: CardsGet, kiosks: Sequence[str]) -> Answer | None:
        with _as_port_says(), self._database.reading() as connection:
            known = places_of(connection, set(kiosks))
            return Answer(read_page(connection, request), tuple(known)) if known else None

    def list_state(self) -> ListState:
        with _as_port_says(), self._database.reading() as connection:
            check(connection, self._mine)
            return list_state_of(connection)

    def open_commands(self) -> tuple[OpenCommand, ...]:
        with _as_port_says(), self._database.reading() as connection:
            return open_commands(connection, self._now())

    def renew(self) -> None:
        with _as_port_says(), self._database.writing() as connection:
            renew(connection, self._mine)


@contextmanager
def _as_port_says() -> Iterator[None]:
    try:
        yield
    except StatementRefused as error:
        raise NotStored(str(error)) from error
    except DatabaseError as error:
        raise StoreUnavailable(str(error)) from error
    except UNTHOUGHT_OF as error:
        # It becomes a dead letter, and holds up no other kiosk.
        raise NotStored(f"{type(error).__name__} at its content") from None
