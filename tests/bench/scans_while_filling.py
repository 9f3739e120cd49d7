"""Cards shown while a whole list is on its way in: the fill keeps still for each, and without that.

All is real but camera and lamp. The cards of before and after, which are compared with, come at the same
pace and stand around the others, for the machine's load may change.
"""

import asyncio
import os
import struct
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil

from agent.adapters.sqlite_cards import SqliteCards
from agent.adapters.system_clock import SystemClock
from agent.core.calm import AFTER_S
from agent.record_maker import RecordMaker
from agent.wire.topics import new_kiosk_id
from agent.worker import Worker
from tests.bench.figures import Spread
from tests.bench.frame_to_light import TimedJournal, bench_kiosk, fill, watched_by
from tests.bench.lights_for_cards import LONGEST_S, LightsForCards, until
from tests.bench.list_kiosk import ListKiosk
from tests.bench.serving import GOOD_CARDS, another_disk, serving
from tests.broker import Mosquitto
from tests.server.kiosk import LIST_KEY, SEALING

PACE = (AFTER_S + 0.05, 0.3)
"""Between a light and the next card, and up to so much more: each comes into a fill that goes on again."""
HURRIED = (0.05, 0.0)


@dataclass(frozen=True)
class ScansWhileFilling:
    cards: int
    idle: Spread
    during: Spread
    idle_commit: Spread
    during_commit: Spread
    shown: int
    shown_during: int
    filled: int
    """Cards on the list afterwards."""
    fill_s: float
    idle_mb: float
    """Resident memory of this process, with a list that answers and none on its way."""
    most_mb: float
    """The most of it while the list was on its way."""

    @property
    def whole(self) -> bool:
        """Whether the list is the server's, and cards were shown before it was."""
        return self.filled == self.cards and self.shown_during > 0


def measure(cards: int, scans: int, *, keeps_still: bool) -> ScansWhileFilling:
    kiosk = new_kiosk_id()
    with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory(dir=another_disk()) as fleet:
        folder = Path(ours)
        with Mosquitto(folder) as broker, serving(Path(fleet), broker.port, [kiosk], cards=cards, nicer=10):
            return asyncio.run(_run(folder, broker.port, kiosk, cards, scans, keeps_still=keeps_still))


async def _run(
    folder: Path, port: int, name: str, cards: int, scans: int, *, keeps_still: bool
) -> ScansWhileFilling:
    clock = SystemClock(trusted=True)
    (folder / "list").mkdir()
    old = SqliteCards(folder / "list" / "cards.db")  # another fleet's generation: filled anew, beside it
    fill(old, LIST_KEY, GOOD_CARDS, clock)
    old.close()
    following = ListKiosk(folder / "list", port, name)
    journal = TimedJournal(folder / "journal.db")
    journal.start(clock.now(), "bench", "bench")
    os.mkfifo(folder / "lights")
    told = os.open(folder / "lights", os.O_RDWR)
    lights, writer = LightsForCards(told), Worker("journal")
    pace = PACE if keeps_still else HURRIED
    kiosk = bench_kiosk(
        watched_by((folder / "stamps", folder / "lights", 0, GOOD_CARDS, *pace), silent_s=LONGEST_S),
        following.known,
        journal,
        lights,
        writer,
        RecordMaker("v-bench", bytes(SEALING.public_key)),
        released=lambda: None,
    )
    if keeps_still:
        kiosk.card_in_view = following.follower.card_in_view
    memory = _Memory()
    tasks = [asyncio.create_task(kiosk.run())]
    async with asyncio.timeout(LONGEST_S):
        await until(lambda: len(lights.lit_ns) >= scans)
        idle_mb = memory.now()
        tasks += [asyncio.create_task(following.run()), asyncio.create_task(memory.watch())]
        await until(lambda: bool(following.agreed_ns))
        shown = len(lights.lit_ns)
        most_mb = memory.most
        await until(lambda: len(lights.lit_ns) >= shown + scans)
        lights.end()
        await lights.ended.wait()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    writer.close()
    os.close(told)
    journal.close()
    begun_ns, filled_ns = following.asked_ns[0], following.agreed_ns[0]
    stamps = [stamp for (stamp,) in struct.iter_unpack("=Q", (folder / "stamps").read_bytes())]
    total = [lit - stamp for lit, stamp in zip(lights.lit_ns, stamps, strict=True)]
    before = sum(lit < begun_ns for lit in lights.lit_ns)
    until_filled = sum(stamp < filled_ns for stamp in stamps)
    idle = partial(_outside, first=before, end=until_filled)
    return ScansWhileFilling(
        cards=cards,
        idle=Spread.of_ns(idle(total)),
        during=Spread.of_ns(total[before:until_filled]),
        idle_commit=Spread.of_ns(idle(journal.commits_ns)),
        during_commit=Spread.of_ns(journal.commits_ns[before:until_filled]),
        shown=len(total),
        shown_during=until_filled - before,
        filled=following.follower.count,
        fill_s=(filled_ns - begun_ns) / 1e9,
        idle_mb=idle_mb,
        most_mb=most_mb,
    )


def _outside(values: list[int], *, first: int, end: int) -> list[int]:
    return values[:first] + values[end:]


class _Memory:
    def __init__(self) -> None:
        self.most = 0.0
        self._process = psutil.Process()

    def now(self) -> float:
        return float(self._process.memory_info().rss) / 1e6

    async def watch(self) -> None:
        while True:
            self.most = max(self.most, self.now())
            await asyncio.sleep(0.05)
