"""A kiosk that comes back after 90 days offline: what its visitors notice while its rows are being sent.

Everything is real but camera and lamp: journal, outbox, link, a Mosquitto and a server of their own. The
machine's load may change: the cards of before and after, which are compared with, stand around the others.
"""

import asyncio
import os
import struct
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
from sqlalchemy import func, select

from agent.adapters.paho_link import PahoLink
from agent.adapters.sqlite_cards import SqliteCards
from agent.adapters.system_clock import SystemClock
from agent.alerts import Alerts, waiting_in
from agent.card_follower import CardFollower
from agent.cards_known import CardsKnown
from agent.connection import Connection, will
from agent.core.actions import Ref
from agent.core.alerts import Limits
from agent.core.health import health_of
from agent.core.moment import Moment
from agent.outbox import Outbox
from agent.record_maker import RecordMaker
from agent.wire.canonical import canonical_record
from agent.wire.messages import Health, Info, OutboxEntry, Receipt
from agent.wire.records import Scan
from agent.worker import Worker
from server.adapters.database import Database
from server.adapters.migrate import open_database
from server.adapters.record_tables import records, rollups
from server.adapters.verify import verify
from tests.agent.examples import BIRTH
from tests.bench.figures import Spread
from tests.bench.frame_to_light import TimedJournal, bench_kiosk, fill, watched_by
from tests.bench.lights_for_cards import LONGEST_S, LOOK_S, LightsForCards, until
from tests.bench.serving import another_disk, serving
from tests.broker import HOST, Mosquitto
from tests.server.kiosk import KIOSK, LIST_KEY, SEALING, scan, sealed

OFFLINE = timedelta(days=90)
CARDS = 20_000
AWAY_S = 0.05
"""Between a light and the next card: twenty visitors a second, so that there is something to measure."""
CODES = 100


@dataclass(frozen=True)
class CatchUp:
    rows: int
    """That waited."""
    idle: Spread
    """From the child's read to the light, before and after."""
    during: Spread
    """The same while the rows were being sent."""
    idle_commit: Spread
    during_commit: Spread
    shown: int
    """Cards, in all."""
    shown_during: int
    rows_per_s: float
    waiting: int
    """Rows that the kiosk still has to send."""
    there: "There"

    @property
    def whole(self) -> bool:
        """Whether every card is in the server's totals once, and nothing waits."""
        all_of = self.rows + self.shown
        return self.waiting == 0 and self.there == There(all_of, all_of, all_of, [])


@dataclass(frozen=True)
class There:
    """What the server has of it."""

    scans: int
    names: int
    """Different ones of those."""
    visits: int
    """In its totals."""
    differences: Sequence[str]
    """Between its totals and its facts, counted again."""


@dataclass(frozen=True)
class _Seen:
    stamps_ns: Sequence[int]
    lit_ns: Sequence[int]
    commits_ns: Sequence[int]
    begun_ns: int
    caught_up_ns: int
    waiting: int


class _Journal(TimedJournal):
    """Knows its last record, and notes when the last of the rows that waited got its receipt."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.last: Ref | None = None
        self.caught_up_ns = 0
        self._last_waiting = 0

    def append(self, scan: Scan, key: int, known_utc: datetime | None = None) -> Ref:
        self.last = super().append(scan, key, known_utc)
        return self.last

    def receipt(self, receipt: Receipt) -> bool:
        counts = super().receipt(receipt)
        if not self.caught_up_ns and receipt.upto >= self._last_waiting:
            self.caught_up_ns = time.monotonic_ns()
        return counts

    def was_offline(self, rows: int, venue: str, at: Moment) -> None:
        """As if ``rows`` cards had been shown in this epoch while nobody was there to take the records."""
        codes = [sealed(f"A{number:09}") for number in range(CODES)]
        bodies = (
            (self._ordinal, seq, canonical_record(
                scan(
                    seq,
                    venue=venue,
                    code_sealed=codes[seq % CODES],
                    clock=msgspec.structs.replace(
                        at.stamp(), wall_utc=at.wall_utc - OFFLINE * ((rows - seq) / rows)
                    ),
                )
            ))
            for seq in range(1, rows + 1)
        )  # fmt: skip
        with self._transaction():
            self._sql.executemany("INSERT INTO records VALUES (?, ?, ?)", bodies)
            self._sql.execute("UPDATE epochs SET next_seq = ? WHERE ordinal = ?", (rows + 1, self._ordinal))
        self._last_waiting = rows


def measure(rows: int, scans: int) -> CatchUp:
    """``scans`` cards are shown while ``rows`` wait, some while they are sent, ``scans`` when they are."""
    with tempfile.TemporaryDirectory() as kiosk, tempfile.TemporaryDirectory(dir=another_disk()) as fleet:
        folder = Path(kiosk)
        with Mosquitto(folder) as broker, serving(Path(fleet), broker.port, [KIOSK], nicer=10) as server:
            seen = asyncio.run(_run(folder, broker.port, server.venue, rows, scans))
        with open_database(server.url) as database:
            there = _there(database)
    total = [lit - stamp for lit, stamp in zip(seen.lit_ns, seen.stamps_ns, strict=True)]
    before = sum(lit < seen.begun_ns for lit in seen.lit_ns)
    until = sum(lit < seen.caught_up_ns for lit in seen.lit_ns)
    return CatchUp(
        rows=rows,
        idle=Spread.of_ns(total[:before] + total[until:]),
        during=Spread.of_ns(total[before:until]),
        idle_commit=Spread.of_ns([*seen.commits_ns[:before], *seen.commits_ns[until:]]),
        during_commit=Spread.of_ns(seen.commits_ns[before:until]),
        shown=len(total),
        shown_during=until - before,
        rows_per_s=rows / (seen.caught_up_ns - seen.begun_ns) * 1e9,
        waiting=seen.waiting,
        there=there,
    )


def _there(database: Database) -> There:
    scans = records.c.type == "scan/1"
    with database.reading() as connection:
        found = connection.execute(select(records.c.epoch_id, records.c.seq).where(scans)).all()
        counted = connection.scalar(select(func.sum(rollups.c.visits))) or 0
    return There(len(found), len(set(found)), int(counted), verify(database).differences)


async def _run(folder: Path, port: int, venue: str, rows: int, scans: int) -> _Seen:
    clock = SystemClock(trusted=True)
    known = SqliteCards(folder / "cards.db")
    fill(known, LIST_KEY, CARDS, clock)
    journal = _Journal(folder / "journal.db")
    journal.start(clock.now(), "bench", "bench")
    journal.was_offline(rows, venue, clock.now())
    os.mkfifo(folder / "lights")
    told = os.open(folder / "lights", os.O_RDWR)
    lights = LightsForCards(told)
    writer, filler = Worker("journal"), Worker("cards")
    news = asyncio.Event()
    link = PahoLink(host=HOST, port=port, kiosk=KIOSK, tls=None, will=partial(will, "bench"))
    outbox = Outbox(
        journal=journal,
        writer=writer,
        clock=clock,
        publish=lambda payload: link.publish("records", payload),
        source="trusted",
        emptied=news.set,
    )
    follower = CardFollower(
        cards=known, list_key=LIST_KEY, worker=filler, clock=clock, publish=lambda _: None
    )  # its list stays

    async def health() -> Health:
        return health_of(clock.now(), "trusted", await writer.run(waiting_in, journal), 60.0)

    async def info() -> Info:
        waiting = await writer.run(journal.waiting)
        outbox = tuple(OutboxEntry(epoch=epoch, rows=count) for epoch, count in waiting)
        return msgspec.structs.replace(BIRTH, outbox=outbox)

    child = (folder / "stamps", folder / "lights", 0, CARDS, AWAY_S)
    kiosk = bench_kiosk(
        watched_by(child, silent_s=LONGEST_S),
        CardsKnown(
            cards=known, list_key=LIST_KEY, revision=lambda: 1, age_s=lambda _at: 60.0, broken=lambda: None
        ),
        journal,
        lights,
        writer,
        RecordMaker(venue, bytes(SEALING.public_key)),
        released=outbox.released,
    )
    alerts = Alerts(
        publish=lambda leaf, payload: link.publish(leaf, payload, retain=True),
        clock=clock,
        troubles=lambda: kiosk.state.troubles,
        forgetful=lambda: "",
        waiting=lambda: writer.run(waiting_in, journal),
        list_age_s=lambda _at: 60.0,
        limits=Limits(),
    )
    connection = Connection(
        link=link,
        outbox=outbox,
        follower=follower,
        alerts=alerts,
        boot_id="bench",
        info=info,
        health=health,
        news=news,
    )
    tasks = [asyncio.create_task(part.run()) for part in (kiosk, outbox, alerts)]
    async with asyncio.timeout(LONGEST_S):
        await until(lambda: len(lights.lit_ns) >= scans)
        begun_ns = time.monotonic_ns()
        tasks.append(asyncio.create_task(connection.run()))
        await until(lambda: journal.caught_up_ns > 0)
        shown = len(lights.lit_ns)
        await until(lambda: len(lights.lit_ns) >= shown + scans)
        lights.end()
        await lights.ended.wait()
        if journal.last:
            await writer.run(journal.settle, journal.last)
        outbox.released()
        while await writer.run(journal.waiting):  # noqa: ASYNC110  (as in until)
            await asyncio.sleep(LOOK_S)
    await connection.close()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    writer.close()
    filler.close()
    os.close(told)
    waiting = sum(count for _, count in journal.waiting())  # the thread that used it has ended
    journal.close()
    known.close()
    stamps = (folder / "stamps").read_bytes()
    return _Seen(
        [stamp for (stamp,) in struct.iter_unpack("=Q", stamps)],
        lights.lit_ns,
        journal.commits_ns,
        begun_ns,
        journal.caught_up_ns,
        waiting,
    )
