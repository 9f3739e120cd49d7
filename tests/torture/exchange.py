"""Kiosks on bad lines to a broker and a server that are killed: in the end every record is there, once.

Some kiosks, each with a seed of its own, share one broker and one server at a time. While they write, both
are killed and started again. Then all faults stop, and what was written must arrive within a bounded time.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from server.adapters.clock import utc_now
from server.adapters.database import Database
from server.adapters.migrate import open_database
from server.adapters.places import Places
from server.adapters.verify import verify
from tests.broker import HOST, Mosquitto
from tests.end_to_end.processes import Program
from tests.server.fleet_folder import write_fleet
from tests.torture.arrived import look
from tests.torture.desk import Desk
from tests.torture.proxy import Proxy

TOGETHER: Final = 10
"""Kiosks at the same broker at a time."""
RECORDS: Final = 60
LIVES: Final = (1, 2, 2, 3)
FAULTS_S: Final = 12.0
"""How long kiosks write while everything fails: broker and server are up for about half of it."""
ARRIVED_S: Final = 60.0
"""From the end of all faults: the bound of patience, not what it takes."""
PAGE: Final = "The fleet's page"


@dataclass
class Outcome:
    seeds: int = 0
    records: int = 0
    starts: int = 0
    visits: int = 0
    late: int = 0
    """Records that had no receipt yet when the faults stopped."""
    kills: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    """What befell the lines."""
    lost: int = 0
    twice: int = 0
    longest_s: float = 0.0
    """From the end of the faults to the last receipt."""
    broken: list[str] = field(default_factory=list)
    """Promises that did not hold, each as a sentence with its seed."""


class Fleet:
    """A broker, a server and its store, which live and die for all seeds."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.broker = Mosquitto(folder)
        self.folder = write_fleet(folder / "fleet", broker=f'host = "{HOST}"\nport = {self.broker.port}')
        self.database: Database = open_database(f"sqlite:///{self.folder / 'fleet.db'}")
        self._places = Places(self.database, utc_now)
        self.venue = self._places.add_venue("Uimahalli", "Rovaniemi", "sport", "Europe/Helsinki").id
        serve = ("serve", "--fleet", self.folder, "--insecure-demo")
        self._server = Program.of_module("server.cli", *serve, log=folder / "server.log")
        self._starts = 0

    def add_kiosk(self, kiosk: str) -> None:
        self._places.add_kiosk(kiosk, kiosk, self.venue)

    def start_server(self) -> None:
        self._starts += 1
        self._server.start().wait_for_line(PAGE, self._starts)

    def kill_server(self) -> None:
        self._server.kill()

    def close(self) -> None:
        self._server.stop()
        self.broker.kill()
        self.database.close()


@dataclass
class Round:
    """Some kiosks at a time. ``calm`` is set when all faults have stopped."""

    fleet: Fleet
    folder: Path
    outcome: Outcome
    faults_s: float
    blind: bool
    calm: asyncio.Event = field(default_factory=asyncio.Event)


def exchange_faults(
    folder: Path,
    seeds: Sequence[int],
    progress: Callable[[int], None],
    *,
    blind: bool = False,
    faults_s: float = FAULTS_S,
) -> Outcome:
    """``blind`` kiosks take a batch that was handed over for delivered: they must lose records."""
    outcome = Outcome()
    fleet = Fleet(folder)
    try:
        fleet.broker.start()
        fleet.start_server()
        for first in range(0, len(seeds), TOGETHER):
            some = seeds[first : first + TOGETHER]
            asyncio.run(_together(Round(fleet, folder, outcome, faults_s, blind), some))
            progress(outcome.seeds)
    finally:
        fleet.close()
    return outcome


async def _together(one: Round, seeds: Sequence[int]) -> None:
    chance = random.Random(seeds[0])  # noqa: S311  (no secret)
    until = asyncio.get_running_loop().time() + one.faults_s
    async with asyncio.TaskGroup() as tasks:
        for seed in seeds:
            tasks.create_task(_kiosk(one, seed))
        killers = [tasks.create_task(kill(one, chance, until)) for kill in (_kill_broker, _kill_server)]
        await asyncio.wait(killers)
        one.calm.set()
    one.outcome.broken += await asyncio.to_thread(lambda: verify(one.fleet.database).differences)


async def _kill_broker(one: Round, chance: random.Random, until: float) -> None:
    """Once at least, and while there is time."""
    now = asyncio.get_running_loop().time
    while True:
        await asyncio.sleep(one.faults_s * chance.uniform(0.15, 0.4))
        one.fleet.broker.kill()
        one.outcome.kills["broker"] += 1
        await asyncio.sleep(chance.choice((0.0, 0.1, 0.5)))
        await asyncio.to_thread(one.fleet.broker.start)
        if now() > until:
            return


async def _kill_server(one: Round, chance: random.Random, until: float) -> None:
    """Likewise; it needs seconds to be there again."""
    now = asyncio.get_running_loop().time
    while True:
        await asyncio.sleep(one.faults_s * chance.uniform(0.35, 0.6))
        await asyncio.to_thread(one.fleet.kill_server)
        one.outcome.kills["server"] += 1
        await asyncio.to_thread(one.fleet.start_server)
        if now() > until:
            return


async def _kiosk(one: Round, seed: int) -> None:
    """All of one seed: its lives while faults happen, the quiet after, and what the server has of it."""
    chance = random.Random(seed)  # noqa: S311  (no secret)
    kiosk = "k-" + "".join(chance.choices("abcdefghijklmnopqrstuvwxyz234567", k=10))
    fleet, outcome = one.fleet, one.outcome
    await asyncio.to_thread(fleet.add_kiosk, kiosk)
    async with Proxy(fleet.broker.port, chance) as proxy:
        desk = Desk(one.folder, kiosk, fleet.venue, proxy, seed, blind=one.blind)
        lives = chance.choice(LIVES)
        share, time_s = RECORDS // lives, one.faults_s / lives
        for _ in range(lives - 1):
            await desk.serve(share, time_s)
        quiet = await desk.serve_on(share, time_s, one.calm, ARRIVED_S)
    arrived = await asyncio.to_thread(look, fleet.database, desk)
    broken = arrived.broken
    if quiet.waiting:
        broken.append(f"{quiet.waiting} records have no receipt {quiet.after_s:.0f} s after the last fault")
    outcome.seeds += 1
    outcome.records += arrived.records
    outcome.starts += lives
    outcome.visits += len(desk.book.visitors)
    outcome.late += quiet.late
    outcome.longest_s = max(outcome.longest_s, quiet.after_s)
    outcome.seen += proxy.seen
    outcome.lost += arrived.lost
    outcome.twice += arrived.twice
    outcome.broken += [f"seed {seed}: {sentence}" for sentence in broken]
