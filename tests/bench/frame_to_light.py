"""From the child's read to the light, with a full list: what the kiosk adds to decoder and disk."""

import asyncio
import hashlib
import os
import random
import sqlite3
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nacl.public import PrivateKey

from agent.adapters.camera_child_process import CameraChildProcess, ChildTimes
from agent.adapters.child_messages import ChildSettings, UsePicamera
from agent.adapters.simulated.lights import SimulatedButtons, SimulatedRing
from agent.adapters.simulated.screen import SimulatedScreen
from agent.adapters.simulated.watchdog import CountingWatchdog
from agent.adapters.sqlite_cards import SqliteCards
from agent.adapters.sqlite_journal import SqliteJournal
from agent.adapters.system_clock import SystemClock
from agent.cards_known import CardsKnown
from agent.core.actions import Ref, Signal
from agent.core.judge import Policy
from agent.core.sight import SightRules
from agent.core.state import Rules, State
from agent.lookout import Lookout
from agent.loop import Kiosk
from agent.ports.eyes import Eyes
from agent.ports.journal import Journal
from agent.ports.lights import Lights
from agent.record_maker import RecordMaker
from agent.wire.card_code import DEFAULT_PATTERN, CardCode
from agent.wire.card_key import ListKey
from agent.wire.card_page import CardRow
from agent.wire.records import Scan
from agent.worker import Worker
from tests.bench.figures import Spread

DEADLINE_S = 300.0
LOOKUPS = 15_000
SELECT = "SELECT flags, first, length, children FROM live WHERE key = ?"

_Lookups = tuple[list[int], list[int], list[int]]
"""Nanoseconds: of a scan's look-up, of the list's own part, of sqlite3 alone."""


class TimedJournal(SqliteJournal):
    """Notes how long each commit took."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.commits_ns: list[int] = []

    def append(self, scan: Scan, key: int, known_utc: datetime | None = None) -> Ref:
        begun = time.monotonic_ns()
        ref = super().append(scan, key, known_utc)
        self.commits_ns.append(time.monotonic_ns() - begun)
        return ref


class _StampingLights:
    """Notes when a light was lit, and tells the child, which then shows the next card."""

    def __init__(self, scans: int, told: int) -> None:
        self.lit_ns: list[int] = []
        self.done = asyncio.Event()
        self._scans = scans
        self._told = told

    def show(self, signal: Signal) -> None:
        if signal is Signal.ASK_STAFF:
            sys.exit(
                "A commit took over 3 s: this disk is too busy to be measured. Try again when it is quiet."
            )
        if signal is Signal.ACCEPTED:
            self.lit_ns.append(time.monotonic_ns())
            os.write(self._told, b".")
            if len(self.lit_ns) == self._scans:
                self.done.set()

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class FrameToLight:
    cards: int
    scans: int
    total: Spread
    commit: Spread
    beyond: Spread
    raw_commit: Spread
    """The floor: the same number of bytes committed by sqlite3 alone."""
    lookup: Spread
    """As a scan does it: from the code, with its keyed hash and the list's age."""
    find: Spread
    """The list's own part, from the hash on."""
    raw_lookup: Spread


def measure(cards: int, scans: int) -> FrameToLight:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder), cards, scans))


async def _measure(folder: Path, cards: int, scans: int) -> FrameToLight:
    list_key = ListKey(bytes(32))
    known = SqliteCards(folder / "cards.db")
    clock = SystemClock(trusted=True)
    fill(known, list_key, cards, clock)
    journal = TimedJournal(folder / "journal.db")
    journal.start(clock.now(), "bench", "bench")
    os.mkfifo(folder / "lights")
    told = os.open(folder / "lights", os.O_RDWR)
    lights, writer = _StampingLights(scans, told), Worker("journal")
    sealing_key = PrivateKey.generate().public_key.encode()
    stamps = folder / "stamps"
    first = random.randrange(cards - scans)  # noqa: S311
    arguments = (stamps, folder / "lights", first, scans)
    kiosk = bench_kiosk(
        watched_by(arguments, silent_s=DEADLINE_S),
        CardsKnown(
            cards=known, list_key=list_key, revision=lambda: 1, age_s=lambda _at: 60.0, broken=lambda: None
        ),
        journal,
        lights,
        writer,
        RecordMaker("v-bench", sealing_key),
        released=lambda: None,
    )
    running = asyncio.create_task(kiosk.run())
    try:
        async with asyncio.timeout(DEADLINE_S):
            await lights.done.wait()
    except TimeoutError:
        sys.exit(f"Only {len(lights.lit_ns)} of {scans} lights in {DEADLINE_S:g} s. Is this machine busy?")
    running.cancel()
    await asyncio.wait({running})
    writer.close()
    os.close(told)
    seen_ns = [stamp for (stamp,) in struct.iter_unpack("=Q", stamps.read_bytes())]
    total = [lit - seen for lit, seen in zip(lights.lit_ns, seen_ns, strict=True)]
    beyond = [whole - commit for whole, commit in zip(total, journal.commits_ns, strict=True)]
    looked_up, found, raw = map(Spread.of_ns, _lookups(kiosk.cards, folder / "cards.db", cards))
    journal.close()
    known.close()
    return FrameToLight(
        cards,
        scans,
        Spread.of_ns(total),
        Spread.of_ns(journal.commits_ns),
        Spread.of_ns(beyond),
        _raw_commits(folder / "raw.db", scans),
        looked_up,
        found,
        raw,
    )


def watched_by(arguments: Sequence[object], *, silent_s: float) -> CameraChildProcess:
    """A child that stamps each card when it reads it, started with ``arguments``."""
    settings = ChildSettings(
        camera=UsePicamera(), width=1280, height=720, frames_per_second=10, pattern=DEFAULT_PATTERN
    )
    command = (sys.executable, "-m", "tests.bench.stamping_child", *map(str, arguments))
    return CameraChildProcess(settings, ChildTimes(silent_s=silent_s), command)


def bench_kiosk(
    eyes: Eyes,
    cards: CardsKnown,
    journal: Journal,
    lights: Lights,
    writer: Worker,
    records: RecordMaker,
    released: Callable[[], None],
) -> Kiosk:
    """All else of it is simulated, and costs next to nothing."""
    return Kiosk(
        eyes=eyes,
        cards=cards,
        journal=journal,
        lights=lights,
        screen=SimulatedScreen(),
        buttons=SimulatedButtons(),
        clock=SystemClock(trusted=True),
        watchdog=CountingWatchdog(),
        writer=writer,
        rules=Rules(policy=Policy()),
        sight_rules=SightRules(),
        state=State(),
        records=records,
        lookout=Lookout(SimulatedRing()),
        released=released,
    )


def fill(known: SqliteCards, list_key: ListKey, cards: int, clock: SystemClock) -> None:
    today = clock.now().wall_utc.date()
    first = today.replace(year=today.year - 1)
    last = today.replace(year=today.year + 1)
    known.begin_fill(hashlib.md5(b"bench").hexdigest())  # noqa: S324  (any 32 hex digits)
    for begin in range(0, cards, 10_000):
        rows = [
            CardRow(
                key=list_key.card_key(CardCode(f"A{number:09}")),
                kind="personal",
                status="active",
                first_day=first,
                last_day=last,
                max_children=0,
            ).packed()
            for number in range(begin, min(cards, begin + 10_000))
        ]
        known.apply("fill", rows, begin + len(rows))
    known.swap()


def _lookups(known: CardsKnown, path: Path, cards: int) -> _Lookups:
    """By turns, so that neither finds the pages that another has just read: each card is asked for once."""
    codes = [
        CardCode(f"A{number:09}") for number in random.sample(range(cards), min(LOOKUPS, cards) // 3 * 3)
    ]
    raw = sqlite3.connect(path, isolation_level=None)
    at = SystemClock(trusted=True).now()
    taken: _Lookups = ([], [], [])
    for number, code in enumerate(codes):
        key = known.list_key.card_key(code)
        signed = key - 2**64 if key >= 2**63 else key
        begun = time.monotonic_ns()
        match number % 3:
            case 0:
                found: object = known.look_up(code, at).row
            case 1:
                found = known.cards.find(key)
            case _:
                found = raw.execute(SELECT, (signed,)).fetchone()
        taken[number % 3].append(time.monotonic_ns() - begun)
        if found is None:
            sys.exit("A card that is on the list was not found.")
    raw.close()
    return taken


def _raw_commits(path: Path, count: int) -> Spread:
    """One row of a record's size, WAL and FULL, no more."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE records (seq INTEGER PRIMARY KEY, body BLOB)")
    taken_ns = []
    for _ in range(count):
        begun = time.monotonic_ns()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO records (body) VALUES (?)", (bytes(700),))
        connection.execute("COMMIT")
        taken_ns.append(time.monotonic_ns() - begun)
    connection.close()
    return Spread.of_ns(taken_ns)
