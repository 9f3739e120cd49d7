"""The server's store, as provisioning needs it: venues and kiosks."""

from collections.abc import Iterator
from contextlib import contextmanager

from server.adapters.clock import utc_now
from server.adapters.migrate import open_database
from server.adapters.places import Places
from server.config import Fleet


@contextmanager
def open_places(fleet: Fleet, database_url: str | None) -> Iterator[Places]:
    """In the database named, else in the fleet's own file. Raises the store's own sentences."""
    with open_database(fleet.database_url(database_url)) as database:
        yield Places(database, utc_now)
