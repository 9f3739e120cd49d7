"""One kiosk at a venue whose days are to be proved, and the moments of such a day."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from agent.wire.messages import Records
from agent.wire.records import Record
from server.adapters.database import Database
from server.adapters.facts import FactWriter
from server.adapters.figures import StoredFigures
from server.adapters.places import Places
from server.adapters.store import Store
from server.domain.arrivals import BatchArrived
from server.domain.figures import Summary
from tests.server.kiosk import KIOSK, Tick, batch, digest, open_code, opened, pair, scan
from tests.server.lease import held
from tests.server.stored_fleet import HELSINKI

OTHER: Final = "k-bbbbbbbbbb"
DAY: Final = date(2026, 11, 24)
MIDNIGHT: Final = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
NOON: Final = MIDNIGHT + timedelta(hours=12)
NEXT: Final = MIDNIGHT + timedelta(days=1)
LATER: Final = NEXT + timedelta(hours=9)
SOON: Final = timedelta(seconds=4)


class Fleet:
    """One kiosk at a venue, added two days before ``midnight``, and a clock."""

    def __init__(self, database: Database, midnight: datetime = MIDNIGHT) -> None:
        self.clock = Tick(midnight - timedelta(days=2))
        self.database = database
        self.store = Store(database, FactWriter(open_code, HELSINKI), held(database))
        self.figures = StoredFigures(database, HELSINKI, self.clock, count_assistants=False)
        self.places = Places(database, self.clock)
        self.places.add_venue("Uimahalli", "Rovaniemi", "sport", "Europe/Helsinki")
        self.places.add_kiosk(KIOSK, "Ovi", "v-uimahalli")

    def send(
        self,
        at: datetime,
        *rows: Record | bytes,
        number: int = 1,
        first: int | None = None,
        kiosk: str = KIOSK,
    ) -> None:
        """Sent and received at ``at``."""
        self.clock.at = at
        sent: Records = batch(rows, number=number, first=first, clock=pair(at))
        self.store.write([BatchArrived(kiosk, at, sent)])

    def send_late(
        self, at: datetime, *rows: Record, boot: str, number: int = 1, first: int | None = None
    ) -> None:
        """Sent at ``at`` by the boot after the one that wrote the rows."""
        self.clock.at = at
        sent = batch(rows, number=number, first=first, clock=pair(at, boot=boot, boottime_ms=60_000))
        self.store.write([BatchArrived(KIOSK, at, sent)])

    def day(self, day: date = DAY) -> Summary:
        return self.figures.summary(day, day, "venue")


def a_whole_day(fleet: Fleet) -> None:
    fleet.send(MIDNIGHT - timedelta(hours=9), opened(MIDNIGHT - timedelta(hours=9)))
    fleet.send(MIDNIGHT + SOON, digest(1, MIDNIGHT + SOON))
    fleet.send(NOON, scan(2, at=NOON), scan(3, at=NOON))
    fleet.send(NEXT + SOON, digest(4, NEXT + SOON))
