"""A kiosk made of twins, on a broker that remembers what it said."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from agent.adapters.simulated.cards import MemoryCards
from agent.adapters.simulated.clock import SimulatedClock
from agent.adapters.simulated.journal import MemoryJournal
from agent.adapters.simulated.link import SimulatedLink
from agent.alerts import Alerts
from agent.card_follower import CardFollower
from agent.connection import Connection
from agent.core.alerts import Limits, Waiting
from agent.core.health import health_of
from agent.outbox import Outbox
from agent.ports.journal import JournalError
from agent.wire.messages import Health, Info, Status, decode
from agent.worker import Worker
from tests.agent.background import until
from tests.agent.examples import LIST_KEY
from tests.agent.wire.test_golden import golden

WAIT_S: Final = 60.0
BOOT: Final = "6f0c1c1e"


@dataclass
class Kiosk:
    link: SimulatedLink = field(default_factory=SimulatedLink)
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    cards: MemoryCards = field(default_factory=MemoryCards)
    clock: SimulatedClock = field(default_factory=SimulatedClock)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    info: Info = field(default_factory=lambda: decode(golden("info-1"), Info))
    waits: Waiting = field(default_factory=Waiting)
    full: bool = False
    health_s: float = 60.0
    epoch: str = ""
    heard: list[Status] = field(default_factory=list)

    @asynccontextmanager
    async def online(self) -> AsyncIterator[Connection]:
        self.epoch = self.journal.start(self.clock.now(), "serial-1", "start").epoch
        writer, filler = Worker("journal"), Worker("cards")
        outbox = Outbox(
            journal=self.journal, writer=writer, clock=self.clock, publish=self.publisher("records")
        )
        follower = CardFollower(
            cards=self.cards,
            list_key=LIST_KEY,
            worker=filler,
            clock=self.clock,
            publish=self.publisher("cards/get"),
        )
        alerts = Alerts(
            publish=lambda leaf, payload: self.link.publish(leaf, payload, retain=True),
            clock=self.clock,
            troubles=frozenset,
            forgetful=lambda: "",
            waiting=self.nothing,
            list_age_s=lambda _at: 60.0,
            limits=Limits(),
        )
        connection = Connection(
            link=self.link,
            outbox=outbox,
            follower=follower,
            alerts=alerts,
            boot_id=BOOT,
            info=self.birth,
            health=self.how,
            health_s=self.health_s,
            news=self.news,
            heard=self.heard.append,
        )
        parts = [asyncio.create_task(part.run()) for part in (outbox, follower, alerts, connection)]
        try:
            async with asyncio.timeout(WAIT_S):
                self.link.connect()
                yield connection
        finally:
            for part in parts:
                part.cancel()
            await asyncio.wait(parts)
            writer.close()
            filler.close()

    def publisher(self, leaf: str) -> Callable[[bytes], None]:
        return lambda payload: self.link.publish(leaf, payload)

    async def nothing(self) -> Waiting:
        return Waiting()

    async def how(self) -> Health:
        if self.full:
            raise JournalError("the simulated disk is full")
        return health_of(self.clock.now(), "ntp", self.waits, 60.0)

    async def birth(self) -> Info:
        return self.info

    def said(self, leaf: str) -> list[bytes]:
        return [payload for said, payload, _ in self.link.published if said == leaf]

    async def says(self, leaf: str, times: int) -> list[bytes]:
        await until(lambda: len(self.said(leaf)) >= times)
        return self.said(leaf)
