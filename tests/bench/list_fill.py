"""A first fill of the card list over a real broker, and a delta, beside SQLite alone with the same rows."""

import asyncio
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from agent.wire.card_code import CardCode
from agent.wire.topics import new_kiosk_id
from server.adapters.clock import utc_now
from server.adapters.migrate import open_database
from server.domain.register import RegisterCard
from tests.bench.list_kiosk import ListKiosk
from tests.bench.serving import GOOD_CARDS, Serving, another_disk, code_of, serving
from tests.broker import Mosquitto
from tests.server.cards import import_cards
from tests.server.kiosk import LIST_KEY

LONGEST_S = 900.0
LOOK_S = 0.01
PAGE_ROWS = 5_000
SHAPE = "key INTEGER PRIMARY KEY, flags INTEGER, first INTEGER, length INTEGER, children INTEGER"

Rows = list[tuple[int, int, int, int, int]]


@dataclass(frozen=True)
class ListFill:
    cards: int
    changes: int
    fill_s: Sequence[float]
    """From the first request to the list that answers, one for each repeat."""
    fill_bytes: int
    """Pages and requests, counted at the kiosk."""
    written: Sequence[int]
    """Bytes that the kiosk's process had written to its disk in a fill."""
    raw_s: Sequence[float]
    """SQLite alone: one transaction, in the order of the keys."""
    raw_pages_s: Sequence[float]
    """SQLite alone: a transaction for each page, as the pages come."""
    delta_s: Sequence[float]
    delta_bytes: int
    wrong: Sequence[str]
    """What is not as the server has it."""

    @property
    def rate(self) -> float:
        return self.cards / statistics.median(self.fill_s)

    def share(self, taken_s: Sequence[float]) -> float:
        """Our rate over theirs, of the repeat in between."""
        return statistics.median(raw / fill for raw, fill in zip(taken_s, self.fill_s, strict=True))


def measure(cards: int, changes: int, repeats: int) -> ListFill:
    kiosk = new_kiosk_id()
    with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory(dir=another_disk()) as fleet:
        folder = Path(ours)
        with Mosquitto(folder) as broker, serving(Path(fleet), broker.port, [kiosk], cards=cards) as server:
            bench = _Bench(folder, broker.port, kiosk, server, cards, changes)
            return asyncio.run(bench.measure(repeats))


class _Bench:
    def __init__(
        self, folder: Path, port: int, kiosk: str, server: Serving, cards: int, changes: int
    ) -> None:
        self._folder = folder
        self._port = port
        self._kiosk = kiosk
        self._server = server
        self._cards = cards
        self._changes = changes
        self._wrong: list[str] = []

    async def measure(self, repeats: int) -> ListFill:
        fills, written, raws, raw_pages, fill_bytes = [], [], [], [], 0
        deltas: list[float] = []
        delta_bytes = 0
        for repeat in range(repeats):
            before = _written()
            async with self._filled(self._folder / f"fill-{repeat}") as (kiosk, running):
                fills.append((kiosk.agreed_ns[0] - kiosk.asked_ns[0]) / 1e9)
                fill_bytes = kiosk.bytes
                written.append(_written() - before)
                self._check(kiosk)
                if repeat == repeats - 1:
                    deltas, delta_bytes = await self._deltas(kiosk, running, repeats)
                with closing(sqlite3.connect(self._folder / f"fill-{repeat}" / "cards.db")) as list_of:
                    rows: Rows = list_of.execute("SELECT * FROM live").fetchall()
            raws.append(_raw(self._folder / f"raw-{repeat}.db", [rows]))
            random.shuffle(rows)
            pages = [sorted(rows[at : at + PAGE_ROWS]) for at in range(0, len(rows), PAGE_ROWS)]
            raw_pages.append(_raw(self._folder / f"pages-{repeat}.db", pages))
        return ListFill(
            self._cards,
            self._changes,
            fills,
            fill_bytes,
            written,
            raws,
            raw_pages,
            deltas,
            delta_bytes,
            self._wrong,
        )

    @asynccontextmanager
    async def _filled(self, folder: Path) -> "AsyncIterator[tuple[ListKiosk, asyncio.Task[None]]]":
        kiosk = ListKiosk(folder, self._port, self._kiosk)
        running = asyncio.create_task(kiosk.run())
        try:
            await until(lambda: bool(kiosk.agreed_ns), running)
            yield kiosk, running
        finally:
            running.cancel()
            await asyncio.wait({running})

    async def _deltas(
        self, kiosk: ListKiosk, running: "asyncio.Task[None]", repeats: int
    ) -> tuple[list[float], int]:
        """``changes`` cards become others in one import, and the kiosk hears of it."""
        taken, before = [], kiosk.bytes
        for repeat in range(repeats):
            asked, agreed = len(kiosk.asked_ns), len(kiosk.agreed_ns)
            numbers = range(GOOD_CARDS + repeat * self._changes, GOOD_CARDS + (repeat + 1) * self._changes)
            await asyncio.to_thread(self._change, [number % self._cards for number in numbers])
            await until(partial(_more, kiosk.agreed_ns, agreed), running)
            taken.append((kiosk.agreed_ns[agreed] - kiosk.asked_ns[asked]) / 1e9)
        self._check(kiosk)
        return taken, (kiosk.bytes - before) // repeats

    def _change(self, numbers: Sequence[int]) -> None:
        today = utc_now().date()
        with open_database(self._server.url) as database:
            import_cards(
                database,
                LIST_KEY,
                (
                    RegisterCard(
                        code=CardCode(code_of(number)),
                        kind="personal",
                        distributor="Jakaja 0",
                        area="Rovaniemi",
                        issued_on=today,
                        valid_until=today + timedelta(days=100),
                        max_children=number % 4,
                        status="active",
                    )
                    for number in numbers
                ),
            )

    def _check(self, kiosk: ListKiosk) -> None:
        if kiosk.follower.count != self._cards:
            self._wrong.append(f"{kiosk.follower.count} cards are on the list of {self._cards}")


def _raw(path: Path, pages: Sequence[Rows]) -> float:
    """Seconds that SQLite alone takes for the same rows in the same shape, a transaction for each page."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(f"CREATE TABLE live ({SHAPE}) STRICT, WITHOUT ROWID")
        begun = time.monotonic()
        for page in pages:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO live VALUES (?, ?, ?, ?, ?)", page)
            connection.execute("COMMIT")
        return time.monotonic() - begun


def _written() -> int:
    """Bytes that this process has had written to disks."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))


def _more(of: Sequence[int], than: int) -> bool:
    return len(of) > than


async def until(true: Callable[[], bool], running: "asyncio.Task[None]") -> None:
    """Raises what ended ``running``, should it end before."""
    async with asyncio.timeout(LONGEST_S):
        while not true():
            if running.done():
                running.result()
            await asyncio.sleep(LOOK_S)
