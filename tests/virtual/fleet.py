"""The server of the venue: the real store and the real ingest, without a broker and without a thread."""

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from queue import Queue
from zoneinfo import ZoneInfo

from server.adapters.backup import rename_generation
from server.adapters.database import Database
from server.adapters.facts import FactWriter
from server.adapters.figures import StoredFigures
from server.adapters.migrate import open_database
from server.adapters.places import Places
from server.adapters.store import Store
from server.domain.arrivals import BatchArrived, Written
from server.domain.figures import Summary
from server.ingest import Connected, Delivered, Ingest, Item
from server.ingest_ports import Kept, NotStored
from tests.server.kiosk import open_code
from tests.server.lease import held
from tests.virtual.network import Network

KIOSK = "k-abcdefghij"
ZONE = ZoneInfo("Europe/Helsinki")


@dataclass
class Mood:
    """A server that is ``fussy`` takes no batch of several rows, as if nobody had thought of one of them."""

    fussy: bool = False
    declined: int = 0


class FussyStore(Store):
    mood = Mood()

    def write(self, arrivals: Sequence[Written], unread: str = "") -> Kept:
        several = any(isinstance(one, BatchArrived) and len(one.batch.rows) > 1 for one in arrivals)
        if self.mood.fussy and several:
            self.mood.declined += 1
            raise NotStored("several rows at once")
        return super().write(arrivals, unread)


class Fleet:
    """Up or down; may lose its disk and be restored from the last backup."""

    def __init__(self, folder: Path, network: Network, true_now: Callable[[], datetime]) -> None:
        self._file = folder / "fleet.db"
        self._backup = folder / "backup.db"
        self._network = network
        self._true_now = true_now
        self.mood = Mood()
        self.database = self._open()
        places = Places(self.database, true_now)
        places.add_venue("Uimahalli", "Rovaniemi", "sport", ZONE.key)
        places.add_kiosk(KIOSK, "Ovi", "v-uimahalli")
        self.up = False
        self.start()
        network.to_server = self.deliver

    def start(self) -> None:
        inbox: Queue[Item] = Queue()
        store = FussyStore(self.database, FactWriter(open_code, ZONE), held(self.database))
        store.mood = self.mood
        now = self._true_now
        stopwatch = _Stopwatch(now)
        self._ingest = Ingest(inbox, store, self, changed=lambda: None, stopwatch=stopwatch, since=now())
        self.up = True
        self._ingest.turn([Connected()])

    def stop(self) -> None:
        self.up = False

    def deliver(self, leaf: str, payload: bytes) -> bool:
        if not self.up:
            return False
        if leaf != "cards/get":  # the kiosk keeps the list that the venue gave it
            self._ingest.turn(
                [Delivered(f"entry/v1/k/{KIOSK}/{leaf}", payload, self._true_now(), retained=False)]
            )
        return True

    def back_up(self) -> None:
        with closing(sqlite3.connect(self._file)) as source, closing(sqlite3.connect(self._backup)) as target:
            source.backup(target)

    def restore(self) -> None:
        """The disk is lost; the backup takes its place, under a generation of its own."""
        self.stop()
        self.database.close()
        for side in ("", "-wal", "-shm"):
            self._file.with_name(self._file.name + side).unlink(missing_ok=True)
        shutil.copy(self._backup, self._file)
        self.database = self._open()
        rename_generation(self.database)
        self.start()

    def by_day(self, first: date, last: date) -> Summary:
        return StoredFigures(self.database, ZONE, self._true_now, count_assistants=False).summary(
            first, last, "day"
        )

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        self._network.from_server(topic, payload, retain=retain)

    def dropped(self) -> bool:
        return False

    def ask_again(self) -> None:
        pass

    def _open(self) -> Database:
        return open_database(f"sqlite:///{self._file}")


class _Stopwatch:
    def __init__(self, true_now: Callable[[], datetime]) -> None:
        self._true_now = true_now

    def __call__(self) -> float:
        return self._true_now().timestamp()
