"""A fleet server of its own on a broker, as a program, with kiosks and a register of made-up cards."""

import os
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from agent.wire.card_code import CardCode
from agent.wire.signed import signed
from server.adapters.card_store import CardWriter
from server.adapters.clock import utc_now
from server.adapters.database import Database
from server.adapters.migrate import open_database
from server.adapters.places import Places
from server.domain.register import Card
from tests.broker import HOST
from tests.end_to_end.processes import Program
from tests.server.fleet_folder import write_fleet
from tests.server.kiosk import LIST_KEY

MEMORY = Path("/dev/shm")  # noqa: S108  (folders of our own are made in it)
GOOD_CARDS = 20_000
"""The first ones of a register are valid today: who shows one is let in."""
CHUNK = 2_000


@dataclass(frozen=True)
class Serving:
    url: str
    """The database's."""
    web_port: int
    venue: str


def another_disk() -> Path | None:
    """A server is another machine and keeps no kiosk's disk busy: its files are in memory, if they can be."""
    return MEMORY if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) else None


def code_of(number: int) -> str:
    return f"A{number:09}"


@contextmanager
def serving(
    folder: Path, broker_port: int, kiosks: Sequence[str], *, cards: int = 0, nicer: int = 0
) -> Iterator[Serving]:
    """A server in ``folder`` that knows ``kiosks``, all of one venue, and has a register of ``cards``.

    ``nicer``: another machine does not take the kiosk's processor away.
    """
    fleet = write_fleet(folder, broker=f'host = "{HOST}"\nport = {broker_port}')
    url = f"sqlite:///{fleet / 'fleet.db'}"
    with open_database(url) as database:
        places = Places(database, utc_now)
        venue = places.add_venue("Uimahalli", "Rovaniemi", "sport", "Europe/Helsinki").id
        for kiosk in kiosks:
            places.add_kiosk(kiosk, "Ovi", venue)
        _fill_register(database, cards)
    command = ("serve", "--fleet", fleet, "--insecure-demo")
    log = folder / "server.log"
    server = Program.of_module("server.cli", *command, log=log, DATABASE_URL=url).start()
    try:
        page = server.wait_for_line("The fleet's page")
        os.setpriority(os.PRIO_PROCESS, server.pid, os.getpriority(os.PRIO_PROCESS, 0) + nicer)
        yield Serving(url, int(page.rstrip("/").rpartition(":")[2]), venue)
    finally:
        server.stop()


def _fill_register(database: Database, count: int) -> None:
    """Issued over the last year, some lost, some of communities: pages of them compress as real ones do."""
    chance, today = random.Random(1), utc_now().date()  # noqa: S311  (no secret)
    if count:
        with database.writing() as connection:
            writer = CardWriter(connection, utc_now(), "cli")
            for first in range(0, count, CHUNK):
                numbers = range(first, min(count, first + CHUNK))
                writer.add([_entry(number, today, chance) for number in numbers])
            writer.finish()


def _entry(number: int, today: date, chance: random.Random) -> tuple[CardCode, int, Card]:
    code, issued = CardCode(code_of(number)), today - timedelta(chance.randrange(360))
    good = number < GOOD_CARDS
    card = Card(
        kind="community" if not good and chance.random() < 0.02 else "personal",
        distributor=f"Jakaja {chance.randrange(40)}",
        area="Rovaniemi",
        issued_on=issued,
        valid_until=issued + timedelta(days=364),
        max_children=chance.choice((0, 0, 0, 1, 2, 3, None)),
        status="blocked" if not good and chance.random() < 0.03 else "active",
    )
    return code, signed(LIST_KEY.card_key(code)), card
