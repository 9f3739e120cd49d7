"""An outbox at work, and the link's end of its line."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from agent.adapters.simulated.clock import SimulatedClock
from agent.adapters.simulated.journal import MemoryJournal
from agent.outbox import Outbox
from agent.wire.messages import Receipt, Records, Refused, decode
from agent.worker import Worker
from tests.agent.background import running, until
from tests.agent.examples import GENERATION, scan

WAIT_S: Final = 60.0


@dataclass
class Line:
    """An outbox and the batches that it handed to the link."""

    journal: MemoryJournal = field(default_factory=MemoryJournal)
    clock: SimulatedClock = field(default_factory=SimulatedClock)
    sent: "asyncio.Queue[Records]" = field(default_factory=asyncio.Queue)
    emptied: int = 0
    epoch: str = ""

    def outbox(self, writer: Worker) -> Outbox:
        self.epoch = self.journal.start(self.clock.now(), "serial-1", "start").epoch
        return Outbox(
            journal=self.journal,
            writer=writer,
            clock=self.clock,
            publish=lambda payload: self.sent.put_nowait(decode(payload, Records)),
            emptied=self.was_emptied,
        )

    def was_emptied(self) -> None:
        self.emptied += 1

    def visits(self, count: int) -> None:
        for _ in range(count):
            self.journal.settle(self.journal.append(scan(), 7))

    def receipt(self, upto: int, *refused: Refused, epoch: str | None = None) -> Receipt:
        return Receipt(generation=GENERATION, epoch=epoch or self.epoch, upto=upto, refused=refused)


@asynccontextmanager
async def at_work(line: Line, writer: Worker | None = None) -> AsyncIterator[Outbox]:
    writer = writer or Worker("journal")
    outbox = line.outbox(writer)
    async with running(outbox.run(), WAIT_S, writer):
        yield outbox


async def until_empty(line: Line) -> None:
    await until(lambda: not line.journal.waiting())
