"""An ingest between a store and a broker that are lists."""

from collections.abc import Sequence
from queue import Queue

from msgspec import UNSET

from agent.wire.messages import CardsGet, Receipt, Records, encode
from agent.wire.topics import of_kiosk
from server.card_answers import Answer
from server.domain.arrivals import AlertArrived, BatchArrived, Written
from server.domain.feed import KeyNotTaken, ListState, page
from server.domain.staff import OpenCommand
from server.ingest import Delivered, Ingest, Item
from server.ingest_ports import Kept, NotStored, StoreUnavailable, TermOver
from tests.server.kiosk import KIOSK, NOW, batch, scan

OTHER = "k-bbbbbbbbbb"


class ListedStore:
    """Keeps batches in a list; refuses what a test says."""

    def __init__(self) -> None:
        self.commits: list[list[str]] = []
        self.refuses: set[str] = set()
        self.refuses_unread = False
        self.unread: list[tuple[int, str]] = []
        self.away = False
        self.over = False
        self.renewals = 0
        self.keyless: set[object] = set()
        self.alerts: list[tuple[str, str, str | None]] = []
        self.pages = 0
        self.commands: tuple[OpenCommand, ...] = ()
        self.list = ListState(generation="0" * 32, revision=0, count=0, checksum=0)

    def renew(self) -> None:
        if self.away:
            raise StoreUnavailable
        if self.over:
            raise TermOver("another")
        self.renewals += 1

    def write(self, arrivals: Sequence[Written], unread: str = "") -> Kept:
        if self.away:
            raise StoreUnavailable
        if self.over:
            raise TermOver("another")
        if unread:
            if self.refuses_unread:
                raise NotStored("refused by the test, whatever it is")
            self.unread += [(one.batch.first, unread) for one in arrivals if isinstance(one, BatchArrived)]
        elif self.refuses & {one.kiosk for one in arrivals if not isinstance(one, AlertArrived)}:
            raise NotStored("refused by the test")
        said = [one for one in arrivals if isinstance(one, AlertArrived)]
        self.alerts += [(one.kiosk, one.name, one.alert.detail if one.alert else None) for one in said]
        self.commits.append([arrived.kiosk for arrived in arrivals])
        receipts = (
            (one.kiosk, Receipt(generation="0" * 32, epoch=one.batch.epoch, upto=one.batch.first))
            for one in arrivals
            if isinstance(one, BatchArrived)
        )
        return Kept(tuple(receipts), strangers=0)

    def page(self, request: CardsGet, kiosks: Sequence[str]) -> Answer | None:
        self.pages += 1
        if request.key_id in self.keyless and request.seal_to is UNSET:
            raise KeyNotTaken("update it")
        known = tuple(kiosk for kiosk in kiosks if kiosk != OTHER)
        return Answer(page(self.list, request.since, [], 1), known) if known else None

    def open_commands(self) -> tuple[OpenCommand, ...]:
        return self.commands

    def list_state(self) -> ListState:
        if self.away:
            raise StoreUnavailable
        return self.list


class ListedBroker:
    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, bool]] = []
        self.full = False
        self.asked_again: int = 0

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        self.sent.append((topic, payload, retain))

    def dropped(self) -> bool:
        full, self.full = self.full, False
        return full

    def ask_again(self) -> None:
        self.asked_again += 1

    def topics(self) -> list[str]:
        return [topic for topic, _, _ in self.sent]


class Rig:
    def __init__(self) -> None:
        self.store = ListedStore()
        self.broker = ListedBroker()
        self.inbox: Queue[Item] = Queue()
        self.seconds = 0.0
        self.changes = 0
        self.revoked: set[str] = set()
        self.ingest = Ingest(
            self.inbox,
            self.store,
            self.broker,
            self._changed,
            lambda: self.seconds,
            NOW,
            lambda: self.revoked,
        )

    def _changed(self) -> None:
        self.changes += 1

    def quiet(self) -> None:
        """The state was told; what a test looks at comes after."""
        self.ingest.turn([])
        self.broker.sent.clear()


def records(kiosk: str = KIOSK, *, message: Records | None = None) -> Delivered:
    return Delivered(of_kiosk(kiosk, "records"), encode(message or batch([scan(1)])), NOW, retained=False)
