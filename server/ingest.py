"""The ingest's life: take what waits, write it down in one commit, then answer. One thread owns it."""

import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, Queue
from typing import Final, assert_never

from agent.wire.messages import (
    Alert,
    Message,
    NotTaken,
    Receipt,
    ServerState,
    WireError,
    encode,
)
from agent.wire.topics import SERVER_STATE, of_kiosk, split
from server.card_answers import CardAnswers
from server.command_sender import CommandSender
from server.domain.alerts import REVOKED_ALERT, ROW_ALERT
from server.domain.arrivals import AlertArrived, BatchArrived, CardsAsked, HealthArrived, Written, parse
from server.domain.lease import LENGTH_S, RENEW_S
from server.ingest_ports import Broker, Kept, NotStored, Store, StoreUnavailable, TermOver

LOG = logging.getLogger("kaiku.ingest")

MAX_GROUP: Final = 64
"""Messages in one commit: their cost is the disk's, so the more wait, the more go together."""
UNTAKEN: Final = "the server's store does not take it"
POLL_S: Final = 1.0
"""How soon a list that another process imported is announced."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message as the broker delivered it."""

    topic: str
    payload: bytes
    at: datetime
    retained: bool


@dataclass(frozen=True, slots=True)
class Connected:
    """The broker is there (again): what is retained is told anew."""


@dataclass(frozen=True, slots=True)
class ListChanged:
    """A page of this server changed the card list: a block is told at once, not at the next look."""


@dataclass(frozen=True, slots=True)
class CommandMade:
    """A page of this server has a kiosk do something: it is told at once, not at the next look."""


@dataclass(frozen=True, slots=True)
class Stop:
    """What came before is still handled, then the ingest ends."""


Item = Delivered | Connected | ListChanged | CommandMade | Stop


class Ingest:
    """Run by :meth:`run` in its own thread; ``changed`` is called after each commit that a page may show.

    ``since`` is when this server started: a kiosk that sees another sends at once what has no receipt.
    ``revoked`` names the kiosks whose identity was taken away: a broker that was not started anew still talks
    to those that were connected.
    """

    def __init__(
        self,
        inbox: Queue[Item],
        store: Store,
        broker: Broker,
        changed: Callable[[], None],
        stopwatch: Callable[[], float],
        since: datetime,
        revoked: Callable[[], Collection[str]] = frozenset,
    ) -> None:
        self._inbox = inbox
        self._revoked = revoked
        self._told_revoked: set[str] = set()
        self._store = store
        self._broker = broker
        self._changed = changed
        self._stopwatch = stopwatch
        self._since = since
        self._commands = CommandSender(store, broker)
        self._announced: ServerState | None = None
        self._polled = float("-inf")
        self._renewed = stopwatch()
        self._missed = False
        self._cards = CardAnswers(store, broker, lambda alert: self._write([alert]))

    def run(self) -> None:
        """Until :class:`Stop` comes. Raises :class:`TermOver`."""
        going = True
        while going:
            items = self._take()
            going = Stop() not in items
            self.turn(items)

    def turn(self, items: Sequence[Item]) -> None:
        """Handle ``items`` in one commit, then answer."""
        writes, asks = self._sorted(items)
        try:
            self._renew()
            if writes:
                self._write(writes)
            self._cards.answer(asks)
            self._announce()
        except StoreUnavailable as error:
            self._missed = True
            self._polled = float("-inf")  # the next turn looks at the store, whatever else it has to do
            self._told_revoked.clear()  # the page may not have it
            LOG.warning(
                "store failed, up to %d messages will be asked for or sent again: %s", len(items), error
            )
        except NotStored as error:
            LOG.warning("store refuses what was asked of it: %s", error)
        else:
            self._catch_up()

    def _sorted(self, items: Sequence[Item]) -> tuple[list[Written], list[CardsAsked]]:
        writes: list[Written] = []
        asks: list[CardsAsked] = []
        revoked = self._revoked() if items else ()
        for item in items:
            match item:
                case Delivered():
                    self._sort(item, revoked, writes, asks)
                case Connected():
                    self._tell_anew()
                case ListChanged() | CommandMade():
                    self._polled = float("-inf")
                case Stop():
                    pass
                case _:
                    assert_never(item)
        return writes, asks

    def _sort(
        self, item: Delivered, revoked: Collection[str], writes: list[Written], asks: list[CardsAsked]
    ) -> None:
        try:
            arrival = parse(item.topic, item.payload, item.at, retained=item.retained)
        except WireError as error:
            place = split(item.topic)
            LOG.warning("message ignored kiosk=%s: %s", place[0] if place else "?", error)
            return
        if item.retained and isinstance(arrival, CardsAsked | BatchArrived | HealthArrived):
            LOG.warning("message ignored kiosk=%s: the broker keeps what nobody may retain", arrival.kiosk)
        elif isinstance(arrival, CardsAsked | BatchArrived) and arrival.kiosk in revoked:
            self._ignore_revoked(arrival, writes)
        elif isinstance(arrival, CardsAsked):
            asks.append(arrival)
        else:
            writes.append(arrival)

    def _ignore_revoked(self, arrival: CardsAsked | BatchArrived, writes: list[Written]) -> None:
        """Neither a list under a new key for whoever took it, nor visits by them. Told once a start."""
        if arrival.kiosk in self._told_revoked:
            return
        self._told_revoked.add(arrival.kiosk)
        LOG.warning("kiosk=%s is revoked and still connected: restart the broker", arrival.kiosk)
        alert = Alert(since=arrival.at, detail="still connected")
        writes.append(AlertArrived(arrival.kiosk, arrival.at, REVOKED_ALERT, alert, retained=False))

    def _renew(self) -> None:
        """In the thread that writes: who cannot write for that long leaves it to others, the broker too."""
        now_s = self._stopwatch()
        if now_s - self._renewed < RENEW_S:
            return
        try:
            self._store.renew()
        except StoreUnavailable as error:
            if now_s - self._renewed < LENGTH_S:
                raise
            raise TermOver("the store was away for too long") from error
        self._renewed = now_s

    def _catch_up(self) -> None:
        """Kiosks send again what has no receipt; a state has none, but the broker retains it."""
        self._missed |= self._broker.dropped()
        if self._missed and self._inbox.empty():  # not while it is behind: the answer is two from each kiosk
            self._missed = False
            LOG.info("asking for every state again, some were missed")
            self._broker.ask_again()
            # A connection may have been among what was dropped, or an alert that is over, of which nothing
            # is retained: at this word the kiosks say all of theirs again.
            self._tell_anew()

    def _tell_anew(self) -> None:
        self._announced = None
        self._polled = float("-inf")

    def _take(self) -> list[Item]:
        """All that waits, up to the group's bound; nothing after a quiet while."""
        try:
            items = [self._inbox.get(timeout=POLL_S)]
        except Empty:
            return []
        with suppress(Empty):
            while len(items) < MAX_GROUP:
                items.append(self._inbox.get_nowait())
        return items

    def _write(self, writes: Sequence[Written]) -> None:
        try:
            kept = self._store.write(writes)
        except NotStored as error:
            if len(writes) == 1:
                LOG.warning("not stored kiosk=%s: %s", writes[0].kiosk, error)
                self._not_taken(writes[0])
                return
            for one in writes:  # one bad message must not hold up the others
                self._write([one])
            return
        self._answer_written(kept)

    def _not_taken(self, arrived: Written) -> None:
        """A kiosk halves its batch down to the row at fault, and that row is kept as it came.

        Where not even that can be, the kiosk keeps it and tries again in its own time; the page warns of it.
        """
        if not isinstance(arrived, BatchArrived):
            return
        if len(arrived.batch.rows) == 1:
            if (kept := self._as_it_came(arrived)) is not None:
                self._answer_written(kept)
                return
            self._write([_warning_of(arrived)])
        receipt = Receipt(
            generation=self._store.list_state().generation,
            epoch=arrived.batch.epoch,
            upto=-1,
            not_taken=NotTaken(first=arrived.batch.first, why=UNTAKEN),
        )
        self._send(of_kiosk(arrived.kiosk, "receipt"), receipt)

    def _as_it_came(self, arrived: BatchArrived) -> Kept | None:
        try:
            return self._store.write([arrived], unread=UNTAKEN)
        except NotStored as error:
            name = f"kiosk={arrived.kiosk} epoch={arrived.batch.epoch} seq={arrived.batch.first}"
            LOG.error("not even stored as it came %s: %s", name, error)  # noqa: TRY400  (the sentence says it all)
            return None

    def _answer_written(self, kept: Kept) -> None:
        for kiosk, receipt in kept.receipts:
            self._send(of_kiosk(kiosk, "receipt"), receipt)
            for refused in receipt.refused:
                LOG.warning(
                    "record refused kiosk=%s epoch=%s seq=%d: %s",
                    kiosk,
                    receipt.epoch,
                    refused.seq,
                    refused.why,
                )
        if kept.strangers:
            LOG.warning("%d messages of kiosks that were never added are ignored", kept.strangers)
        self._changed()

    def _announce(self) -> None:
        """Tell the list's revision when it is another than told: an import is another process, so look."""
        if self._stopwatch() - self._polled < POLL_S:
            return
        self._polled = self._stopwatch()
        self._commands.send(self._stopwatch())
        state = self._store.list_state()
        message = ServerState(generation=state.generation, since=self._since, cards=state.told)
        if message == self._announced:
            return
        self._send(SERVER_STATE, message, retain=True)
        self._announced = message
        self._changed()

    def _send(self, topic: str, message: Message, *, retain: bool = False) -> None:
        self._broker.publish(topic, encode(message), retain=retain)


def _warning_of(arrived: BatchArrived) -> AlertArrived:
    """That its row waits on the kiosk. The store takes it back once a row of that kiosk is kept."""
    batch = arrived.batch
    alert = Alert(since=None, detail=f"record {batch.first} of epoch {batch.epoch}: {UNTAKEN}")
    return AlertArrived(arrived.kiosk, arrived.at, ROW_ALERT, alert, retained=False)
