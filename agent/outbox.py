"""The outbox's shell: rows go out one batch at a time and are done on the server's receipt only."""

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import msgspec

from agent.core.exchange import (
    PATIENCE,
    Connected,
    Declined,
    Disconnected,
    Exchange,
    ExchangeEvent,
    GoBack,
    InFlight,
    Nudged,
    Passed,
    Patience,
    Receipted,
    Released,
    Send,
    Sent,
    Undelivered,
    WentBack,
    exchange,
)
from agent.core.moment import Moment
from agent.ports.clock import Clock
from agent.ports.journal import Batch, Journal, JournalError
from agent.wire.messages import ClockPair, ClockSource, NotTaken, Receipt, Records, encode
from agent.wire.records import MAX_BATCH_BYTES
from agent.worker import Worker

KEPT_DAYS: Final = 30
NOTE_S: Final = 10.0
"""Until what the disk did not take is tried again."""
FORGET_S: Final = 3600.0
FORGET_ROWS: Final = 200
"""In one go, so that no scan waits for the disk behind it."""
FORGET_PAUSE_S: Final = 0.1

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Server:
    generation: str
    started: bool


@dataclass(kw_only=True)
class Outbox:
    """``publish`` hands a batch to the link; the events come from :mod:`agent.connection`."""

    journal: Journal
    writer: Worker
    clock: Clock
    publish: Callable[[bytes], None]
    source: ClockSource = "ntp"
    """Who is believed to set a calendar that is in time."""
    heard: Callable[[ClockPair], None] = lambda _: None
    """Told what the server takes this kiosk's clock for."""
    emptied: Callable[[], None] = lambda: None
    """Told when there is nothing left to send."""
    patience: Patience = PATIENCE
    _sending: bool = False
    _unnoted: _Server | None = None
    """What the server said and the disk did not take yet."""
    _note_at: float = 0.0
    _state: Exchange = field(default_factory=Exchange)
    _events: "asyncio.Queue[ExchangeEvent | Receipt | _Server]" = field(default_factory=asyncio.Queue)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tick())
            tasks.create_task(self._work())
            tasks.create_task(self._forget())

    def connected(self) -> None:
        self._events.put_nowait(Connected())

    def disconnected(self) -> None:
        self._events.put_nowait(Disconnected())

    def server_said(self, generation: str, *, started: bool) -> None:
        """Which database the server has, and whether it started since it last said so."""
        self._events.put_nowait(_Server(generation, started))

    def released(self) -> None:
        self._events.put_nowait(Released())

    def undelivered(self) -> None:
        self._events.put_nowait(Undelivered())

    def receipt(self, receipt: Receipt) -> None:
        self._events.put_nowait(receipt)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(self.patience.tick_s)
            self._events.put_nowait(Passed())

    async def _work(self) -> None:
        while True:
            event = await self._events.get()
            try:
                match event:
                    case Receipt():
                        if (counted := await self._receipted(event)) is not None:
                            await self._go_on(counted)
                    case _Server():
                        await self._server_is(event)
                    case _:
                        if self._unnoted is not None and self.clock.now().seconds >= self._note_at:
                            await self._server_is(self._unnoted)
                        await self._go_on(event)
            except JournalError as error:
                log.error("outbox: %s", error)  # noqa: TRY400  (the sentence says it all)

    async def _go_on(self, event: ExchangeEvent) -> None:
        match self._step(event):
            case Send(rows):
                self._step(Sent(await self._send(rows)))
            case GoBack(epoch, upto):
                log.warning("the server lacks rows of epoch %s after %d: they are sent again", epoch, upto)
                await self.writer.run(self.journal.go_back, epoch, upto)
                await self._go_on(WentBack())
            case None:
                pass

    def _step(self, event: ExchangeEvent) -> Send | GoBack | None:
        jitter = random.random()  # noqa: S311  (no secret)
        now = self.clock.now().seconds
        self._state, wanted = exchange(self._state, event, now, jitter, self.patience)
        return wanted

    async def _send(self, rows: int) -> InFlight | None:
        batch = await self.writer.run(self.journal.batch, rows, MAX_BATCH_BYTES)
        if batch is None:
            if self._sending:
                self.emptied()
            self._sending = False
            return None
        self._sending = True
        self.publish(encode(message_of(batch, self.clock.now(), self.source)))
        return InFlight(batch.epoch, batch.first, batch.last)

    async def _receipted(self, receipt: Receipt) -> ExchangeEvent | None:
        """``None`` where it does not count: the batch waits as if no answer had come."""
        if isinstance(receipt.not_taken, NotTaken):
            log.warning(
                "epoch %s, batch from %d: %s", receipt.epoch, *msgspec.structs.astuple(receipt.not_taken)
            )
            return Declined(receipt.epoch, receipt.not_taken.first)
        for refusal in receipt.refused:
            log.warning("record %d of epoch %s was refused: %s", refusal.seq, receipt.epoch, refusal.why)
        if isinstance(receipt.heard, ClockPair):
            self.heard(receipt.heard)
        if not await self.writer.run(self.journal.receipt, receipt):
            return None
        return Receipted(receipt.epoch, receipt.upto)

    async def _server_is(self, server: _Server) -> None:
        """Another database gets all that is kept once more. Its receipts count only once it is noted."""
        self._unnoted, self._note_at = server, self.clock.now().seconds + NOTE_S
        another = await self.writer.run(self.journal.server_is, server.generation)
        self._unnoted = None
        if another:
            log.warning("the server has another database: all that is kept is sent once more")
        if another or server.started:
            await self._go_on(Nudged())

    async def _forget(self) -> None:
        """Rows are kept for a month after their receipt, for a server that has to be restored."""
        while True:
            try:
                while await self.writer.run(self.journal.forget, KEPT_DAYS, FORGET_ROWS):  # noqa: ASYNC110  (a pause)
                    await asyncio.sleep(FORGET_PAUSE_S)  # a card at the door goes first
            except JournalError as error:
                log.error("outbox: %s", error)  # noqa: TRY400  (likewise)
            await asyncio.sleep(FORGET_S)


def message_of(batch: Batch, at: Moment, source: ClockSource) -> Records:
    """The batch with the clocks read at sending: the server repairs earlier stamps with them.

    Rows of another boot have what the server said of that one's clock.
    """
    heard = batch.heard if batch.heard and batch.heard.boot_id != at.boot_id else None
    return Records(
        epoch=batch.epoch,
        first=batch.first,
        kept_from=batch.kept_from or msgspec.UNSET,
        clock=at.pair(source),
        heard=heard or msgspec.UNSET,
        rows=tuple(_sendable(row) for row in batch.rows),
    )


def _sendable(row: bytes) -> msgspec.Raw:
    """A row whose bytes the disk has damaged goes as a text: the server keeps it as a dead letter.

    As it is it would make the whole batch unreadable, and hold up everything behind it for ever.
    """
    try:
        msgspec.json.decode(row)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return msgspec.Raw(msgspec.json.encode(row))  # in base64
    return msgspec.Raw(row)
