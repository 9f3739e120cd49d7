"""The real register behind the pages, on a file of its own."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from agent.wire.card_code import DEFAULT_PATTERN
from server.adapters.card_desk import StoredDesk
from server.adapters.migrate import open_database
from server.adapters.statistics import StoredStatistics
from server.adapters.uploads import StoredFiles
from server.ports import Register
from tests.server.kiosk import LIST_KEY
from tests.server.web.fleet import NOW


@contextmanager
def register_in(folder: Path) -> Iterator[Register]:
    pattern = re.compile(DEFAULT_PATTERN)
    zone = ZoneInfo("Europe/Helsinki")
    with open_database(f"sqlite:///{folder / 'fleet.db'}") as database:
        desk = StoredDesk(database, LIST_KEY, pattern, zone, lambda: NOW)
        files = StoredFiles(database, folder / "uploads", LIST_KEY, pattern, lambda: NOW)
        years = StoredStatistics(database, zone, lambda: NOW, count_assistants=False)
        yield Register(desk, files, years)
