"""Visits a second from batches to the committed row, beside SQLite alone with the same bytes and commits."""

import sqlite3
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from agent.wire.messages import Records
from agent.wire.topics import new_kiosk_id
from server.adapters.facts import FactWriter
from server.adapters.migrate import open_database
from server.adapters.places import Places
from server.adapters.store import Store
from server.domain.arrivals import BatchArrived
from tests.server.kiosk import NOW, batch, open_code, scan, sealed
from tests.server.lease import held

ROWS = 100
KIOSKS = 20
CODES = tuple(sealed(f"A{number:09}") for number in range(ROWS))


@dataclass(frozen=True, slots=True)
class Ingest:
    one_kiosk: float
    """Visits a second, a commit for each batch of 100."""
    many_kiosks: float
    """Visits a second, a commit for the batches of 20 kiosks."""
    raw: float
    """Rows a second that sqlite3 alone inserts and commits in batches of 100."""


def measure(batches: int) -> Ingest:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fleet.db"
        with open_database(f"sqlite:///{path}") as database:
            places = Places(database, lambda: NOW)
            venue = places.add_venue("Uimahalli", "Rovaniemi", "sport", "Europe/Helsinki").id
            kiosks = [new_kiosk_id() for _ in range(KIOSKS)]
            for kiosk in kiosks:
                places.add_kiosk(kiosk, "kiosk", venue)
            store = Store(database, FactWriter(open_code, ZoneInfo("Europe/Helsinki")), held(database))
            waves = [
                [BatchArrived(kiosk, NOW, _batch(number, wave, venue)) for number, kiosk in enumerate(kiosks)]
                for wave in range(batches)
            ]
            alone = [[BatchArrived(kiosks[0], NOW, _batch(KIOSKS, wave, venue))] for wave in range(batches)]
            bodies = [bytes(row) for row in alone[0][0].batch.rows]
            one, many = _rate(store, alone, ROWS), _rate(store, waves, ROWS * KIOSKS)
        return Ingest(one, many, _raw(Path(folder) / "raw.db", bodies, batches))


def _batch(start: int, wave: int, venue: str) -> Records:
    first = wave * ROWS
    rows = [scan(first + n, venue=venue, code_sealed=CODES[n]) for n in range(ROWS)]
    return batch(rows, number=start)


def _rate(store: Store, waves: list[list[BatchArrived]], rows: int) -> float:
    begun = time.monotonic()
    for wave in waves:
        store.write(wave)
    return rows * len(waves) / (time.monotonic() - begun)


def _raw(path: Path, bodies: list[bytes], batches: int) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE records (id INTEGER PRIMARY KEY, body BLOB)")
    begun = time.monotonic()
    for _ in range(batches):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO records (body) VALUES (?)", [(body,) for body in bodies])
        connection.execute("COMMIT")
    taken = time.monotonic() - begun
    connection.close()
    return len(bodies) * batches / taken
