"""The outbox's shell: rows go out one batch at a time and are done on the server's receipt only."""

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

import msgspec

from agent.core.exchange import (
    Connected,
    Disconnected,
    Exchange,
    ExchangeEvent,
    InFlight,
    Nudged,
    Passed,
    Receipted,
    Released,
    Sent,
    Undelivered,
    exchange,
)
from agent.core.moment import Moment
from agent.ports.clock import Clock
from agent.ports.journal import Batch, Journal, JournalError
from agent.wire.messages import ClockPair, Receipt, Records, encode
from agent.wire.records import MAX_BATCH_BYTES, MAX_BATCH_ROWS
from agent.worker import Worker

TICK_S: Final = 1.0

ClockSource = Literal["ntp", "trusted"]

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Outbox:
    """``publish`` hands a batch to the link; the events come from :mod:`agent.connection`."""

    journal: Journal
    writer: Worker
    clock: Clock
    publish: Callable[[bytes], None]
    source: ClockSource = "ntp"
    """Who is believed to set a calendar that is in time."""
    emptied: Callable[[], None] = lambda: None
    """Told when there is nothing left to send."""
    _sending: bool = False
    _state: Exchange = field(default_factory=Exchange)
    _events: "asyncio.Queue[ExchangeEvent | Receipt]" = field(default_factory=asyncio.Queue)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tick())
            tasks.create_task(self._work())

    def connected(self) -> None:
        self._events.put_nowait(Connected())

    def disconnected(self) -> None:
        self._events.put_nowait(Disconnected())

    def nudged(self) -> None:
        self._events.put_nowait(Nudged())

    def released(self) -> None:
        self._events.put_nowait(Released())

    def undelivered(self) -> None:
        self._events.put_nowait(Undelivered())

    def receipt(self, receipt: Receipt) -> None:
        self._events.put_nowait(receipt)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self._events.put_nowait(Passed())

    async def _work(self) -> None:
        while True:
            event = await self._events.get()
            try:
                if isinstance(event, Receipt):
                    event = await self._receipted(event)
                if self._step(event):
                    self._step(Sent(await self._send()))
            except JournalError as error:
                log.error("outbox: %s", error)  # noqa: TRY400  (the sentence says it all)

    def _step(self, event: ExchangeEvent) -> bool:
        jitter = random.random()  # noqa: S311  (no secret)
        self._state, send = exchange(self._state, event, self.clock.now().seconds, jitter)
        return send

    async def _send(self) -> InFlight | None:
        batch = await self.writer.run(self.journal.batch, MAX_BATCH_ROWS, MAX_BATCH_BYTES)
        if batch is None:
            if self._sending:
                self.emptied()
            self._sending = False
            return None
        self._sending = True
        self.publish(encode(message_of(batch, self.clock.now(), self.source)))
        return InFlight(batch.epoch, batch.last)

    async def _receipted(self, receipt: Receipt) -> Receipted:
        refused = {refusal.seq: refusal.why for refusal in receipt.refused}
        for seq, why in refused.items():
            log.warning("record %d of epoch %s was refused: %s", seq, receipt.epoch, why)
        await self.writer.run(self.journal.receipt, receipt.epoch, receipt.upto, refused)
        return Receipted(receipt.epoch, receipt.upto)


def message_of(batch: Batch, at: Moment, source: ClockSource) -> Records:
    """The batch with the clocks read at sending: the server repairs earlier stamps with them."""
    return Records(
        epoch=batch.epoch,
        first=batch.first,
        clock=ClockPair(
            boot_id=at.boot_id,
            boottime_ms=at.boottime_ms,
            utc=at.wall_utc,
            source=source if at.synced else "none",
        ),
        rows=tuple(msgspec.Raw(row) for row in batch.rows),
    )
