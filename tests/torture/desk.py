"""A kiosk without a camera: real journal, outbox, connection and link; visitors by chance."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, Literal

from agent.adapters.paho_link import LinkTimes, PahoLink
from agent.adapters.simulated.cards import MemoryCards
from agent.adapters.sqlite_journal import SqliteJournal
from agent.adapters.system_clock import SystemClock
from agent.alerts import Alerts
from agent.card_follower import CardFollower
from agent.connection import Connection, will
from agent.core.actions import Correct, Draft, HandDraft, Ref
from agent.core.alerts import Limits, Waiting
from agent.core.exchange import Patience
from agent.core.judge import Judgement
from agent.core.memory import CONNECTIONS_A_START
from agent.outbox import Outbox
from agent.record_maker import RecordMaker
from agent.wire.card_code import CardCode
from agent.wire.messages import Health, Info
from agent.wire.records import ByHand, Correction, ListState, Party, Scan
from agent.worker import Worker
from tests.agent.examples import BIRTH, HEALTH, LIST_KEY
from tests.broker import HOST
from tests.server.kiosk import SEALING
from tests.torture.book import Book
from tests.torture.forgetful_journal import ForgetfulJournal
from tests.torture.proxy import Proxy

HURRY: Final = Patience(answer_s=0.4, longest_s=1.5, tick_s=0.1)
SHORT: Final = LinkTimes(keepalive_s=2, connect_s=2.0, shortest_pause_s=0.05, longest_pause_s=0.5, held_s=1.0)
ACCEPTED: Final = Judgement("accepted", "listed", "personal")
BLOCKED: Final = Judgement("ask_staff", "blocked", "personal")
LIST: Final = ListState(revision=1, age_s=1)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Rows without a receipt when the faults stopped, and those that still have none; after how long."""

    late: int
    waiting: int
    after_s: float


@dataclass
class _Life:
    """One start of the kiosk."""

    journal: SqliteJournal
    writer: Worker
    outbox: Outbox
    connection: Connection


class Desk:
    """Visitors come by :meth:`serve`; the kiosk restarts between two calls. ``seed`` names their cards."""

    def __init__(self, folder: Path, kiosk: str, venue: str, proxy: Proxy, seed: int, *, blind: bool) -> None:
        self.kiosk = kiosk
        self.book = Book()
        self.epochs: list[str] = []
        """Its starts, in their order."""
        self.path = folder / f"{kiosk}.db"
        self._proxy = proxy
        self._seed = seed
        self._chance = random.Random(seed)  # noqa: S311  (no secret)
        self._records = RecordMaker(venue, bytes(SEALING.public_key))
        self._clock = SystemClock(trusted=True)
        self._journal = ForgetfulJournal if blind else SqliteJournal
        self._cards = 0

    async def serve(self, records: int, within_s: float) -> None:
        """A life in which some ``records`` are written; then the process is killed, or stopped."""
        async with self._living() as life:
            await self._visitors(life, records, within_s)
            if self._chance.random() < 0.3:
                await life.connection.close()

    async def serve_on(self, records: int, within_s: float, calm: asyncio.Event, deadline_s: float) -> Quiet:
        """The last life: once ``calm`` is set no more faults happen, and what waits must arrive."""
        now = asyncio.get_running_loop().time
        async with self._living() as life:
            await self._visitors(life, records, within_s)
            await self._digest(life)  # no scan is open after it
            await calm.wait()
            self._proxy.calm()
            since = now()
            late = waiting = await self._waiting(life)
            while waiting and now() - since < deadline_s:
                await asyncio.sleep(0.05)
                waiting = await self._waiting(life)
            return Quiet(late, waiting, now() - since)

    async def _visitors(self, life: _Life, records: int, within_s: float) -> None:
        for _ in range(records):
            await asyncio.sleep(self._chance.expovariate(records / within_s))
            await self._one(life)

    async def _waiting(self, life: _Life) -> int:
        return sum(rows for _, rows in await life.writer.run(life.journal.waiting))

    @asynccontextmanager
    async def _living(self) -> AsyncIterator[_Life]:
        journal = self._journal(self.path)
        writer, filler = Worker("journal"), Worker("cards")
        start = await writer.run(journal.start, self._clock.now(), "torture", "start")
        self.epochs.append(start.epoch)
        if start.open is not None:  # its visitor has gone meanwhile
            await writer.run(journal.settle, start.open.ref)
        boot_id = self._clock.now().boot_id
        link = PahoLink(
            host=HOST,
            port=self._proxy.port,
            kiosk=self.kiosk,
            tls=None,
            will=lambda connection: will(boot_id, connection),
            times=SHORT,
        )
        link.count_from(start.ordinal * CONNECTIONS_A_START)
        outbox = Outbox(
            journal=journal,
            writer=writer,
            clock=self._clock,
            publish=lambda payload: link.publish("records", payload),
            source="trusted",
            patience=HURRY,
        )
        follower = CardFollower(
            cards=MemoryCards(),
            list_key=LIST_KEY,
            worker=filler,
            clock=self._clock,
            publish=lambda payload: link.publish("cards/get", payload),
        )
        news = asyncio.Event()
        alerts = Alerts(
            publish=lambda leaf, payload: link.publish(leaf, payload, retain=True),
            clock=self._clock,
            troubles=frozenset,
            forgetful=str,
            waiting=_waits,
            list_age_s=lambda _at: 60.0,
            limits=Limits(20_000, timedelta(days=7)),
        )
        connection = Connection(
            link=link,
            outbox=outbox,
            follower=follower,
            alerts=alerts,
            boot_id=boot_id,
            info=_info,
            health=_health,
            news=news,
        )
        parts = [asyncio.create_task(part.run()) for part in (outbox, follower, connection)]
        try:
            yield _Life(journal, writer, outbox, connection)
            for part in parts:  # none ends by itself
                if part.done():
                    part.result()
        finally:
            self._proxy.hang_up()
            for part in parts:
                part.cancel()
            await asyncio.wait(parts)
            await link.disconnect()
            await asyncio.to_thread(writer.close)
            await asyncio.to_thread(filler.close)
            journal.close()

    async def _one(self, life: _Life) -> None:
        """A record of one sort or another."""
        dice = self._chance.random()
        if dice < 0.65:
            await self._lets_in(life)
        elif dice < 0.8:
            await self._refuses(life)
        elif dice < 0.87:
            await self._by_hand(life, None, "")
        elif dice < 0.97 and self.book.visitors:
            await self._corrects(life)
        else:
            await self._digest(life)
        life.outbox.released()

    async def _lets_in(self, life: _Life) -> None:
        code, scan = self._scan(ACCEPTED)
        ref = await self._append(life, scan)
        self.book.visitors[ref] = code
        dark = self._chance.random() < 0.05
        if dark:
            self.book.settle(ref, None, None)
            if self._chance.random() < 0.5:
                del self.book.visitors[ref]
                await self._by_hand(life, ref, code)
            return
        await life.writer.run(life.journal.mark_shown, ref, "green", self._clock.now())
        self.book.settle(ref, "green", None)
        if self._chance.random() < 0.7:  # else the next record settles it
            children = self._chance.choice((None, 0, 1, 2, 3))
            if children is not None:
                await life.writer.run(life.journal.answer, ref, "children", children)
            await life.writer.run(life.journal.settle, ref)
            self.book.settle(ref, "green", children)

    async def _refuses(self, life: _Life) -> None:
        code, scan = self._scan(BLOCKED)
        ref = await self._append(life, scan)
        await life.writer.run(life.journal.mark_shown, ref, "staff", self._clock.now())
        self.book.settle(ref, "staff", None)
        if self._chance.random() < 0.6:
            await self._by_hand(life, ref, code)

    async def _by_hand(self, life: _Life, adopts: Ref | None, code: str) -> None:
        draft = HandDraft(
            adopts, None, Party(children=self._chance.choice((None, 0, 2))), "button", self._clock.now()
        )
        ref = await self._add(life, self._records.by_hand(draft))
        self.book.visitors[ref] = code
        await life.writer.run(life.journal.mark_shown, ref, "green", self._clock.now())

    async def _corrects(self, life: _Life) -> None:
        """Takes somebody back, or says how many came."""
        of = self._chance.choice(list(self.book.visitors))
        party: Party | Literal["void"] = "void"
        if self._chance.random() < 0.5:
            party = Party(children=self._chance.randrange(4))
        await self._add(life, self._records.correction(Correct(of, party, "torture", self._clock.now())))
        self.book.correct(of, party)

    async def _digest(self, life: _Life) -> None:
        now = self._clock.now()
        await life.writer.run(life.journal.digest, now.wall_utc.date(), now)
        life.outbox.released()

    async def _append(self, life: _Life, scan: Scan) -> Ref:
        ref = await life.writer.run(life.journal.append, scan, self._cards)
        self.book.write(ref, scan)
        return ref

    async def _add(self, life: _Life, record: ByHand | Correction) -> Ref:
        ref = await life.writer.run(life.journal.add, record)
        self.book.write(ref, record)
        return ref

    def _scan(self, judgement: Judgement) -> tuple[str, Scan]:
        self._cards += 1
        code = f"T{self._seed % 10**5:05}{self._cards:04}"
        now = self._clock.now()
        return code, self._records.scan(
            Draft(
                code=CardCode(code),
                key=self._cards,
                symbology="qr",
                judgement=judgement,
                party=Party(),
                today=now.wall_utc.date(),
                list=LIST,
                at=now,
            )
        )


async def _waits() -> Waiting:
    return Waiting()


async def _info() -> Info:
    return BIRTH


async def _health() -> Health:
    return HEALTH
