"""The server's store, opened from the fleet's folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.adapters.clock import utc_now
from server.adapters.migrate import open_database
from server.adapters.places import Places


@contextmanager
def open_places(folder: Path, database_url: str | None) -> Iterator[Places]:
    """Venues and kiosks: in the database named, else in the fleet's own file ``fleet.db``."""
    url = database_url or f"sqlite:///{(folder / 'fleet.db').resolve()}"
    with open_database(url, utc_now()) as database:
        yield Places(database, utc_now)
