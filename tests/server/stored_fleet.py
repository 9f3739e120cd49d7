"""A store with two kiosks, for the tests that write into it and look at what has become of it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from agent.wire.messages import Records
from server.adapters.database import Database
from server.adapters.facts import FactWriter
from server.adapters.figures import StoredFigures
from server.adapters.places import Places
from server.adapters.record_tables import records
from server.adapters.store import Store
from server.adapters.verify import verify
from server.domain.arrivals import BatchArrived
from server.domain.facts import Unseal
from server.domain.figures import KioskRow, SummaryRow
from server.ingest_ports import Kept
from tests.server.kiosk import (
    KIOSK,
    NOW,
    open_code,
)
from tests.server.lease import held

HELSINKI = ZoneInfo("Europe/Helsinki")
OTHER = "k-bbbbbbbbbb"


class Fleet:
    """A store with two kiosks at one venue, and the questions that tests ask it."""

    def __init__(self, database: Database, unseal: Unseal = open_code, places: Places | None = None) -> None:
        self.database = database
        self.store = Store(database, FactWriter(unseal, HELSINKI), held(database))
        self.figures = StoredFigures(database, HELSINKI, lambda: NOW, count_assistants=False)
        self.places = places or Places(database, lambda: NOW)
        if places:
            return
        self.places.add_venue("Uimahalli", "Rovaniemi", "sport", "Europe/Helsinki")
        self.places.add_kiosk(KIOSK, "Ovi", "v-uimahalli")
        self.places.add_kiosk(OTHER, "Takaovi", "v-uimahalli")

    def send(self, *batches: Records, kiosk: str = KIOSK, at: datetime = NOW) -> Kept:
        return self.store.write([BatchArrived(kiosk, at, one) for one in batches])

    def today(self) -> SummaryRow | None:
        rows = self.figures.summary(None, None, "venue").rows
        assert len(rows) < 2
        return rows[0] if rows else None

    def visits(self) -> int:
        row = self.today()
        return row.visits if row else 0

    def states(self) -> list[str]:
        with self.database.reading() as connection:
            return list(connection.scalars(select(records.c.state).order_by(records.c.id)))

    def conflicts(self) -> list[bool]:
        with self.database.reading() as connection:
            return list(connection.scalars(select(records.c.conflict).order_by(records.c.id)))

    def kiosk(self, name: str = KIOSK) -> KioskRow:
        return next(row for row in self.figures.overview().kiosks if row.kiosk == name)

    def agrees(self) -> bool:
        return verify(self.database).differences == []
