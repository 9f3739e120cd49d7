"""Whatever a database keeps, to look for what must not be in it any more."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.server import postgres
from tests.server.stored_fleet import Fleet


@contextmanager
def all_bytes(fleet: Fleet) -> Iterator[bytes]:
    """Everything that the database keeps on the disk, or that PostgreSQL would dump."""
    url = make_url(str(fleet.database.engine.url))
    if fleet.database.engine.dialect.name == "sqlite":
        assert url.database
        found = b"".join(
            path.read_bytes()
            for path in sorted(Path(url.database).parent.glob("fleet.db*"))
            if path.is_file()
        )
        assert found.startswith(b"SQLite")
        yield found
        return
    folder = postgres.binaries()
    assert folder
    address = f"postgresql://{url.username}@{url.host}:{url.port}/{url.database}"
    dump = subprocess.run([str(folder / "pg_dump"), address], check=True, capture_output=True).stdout
    assert b"PostgreSQL" in dump
    yield dump


def in_dump(value: bytes) -> tuple[bytes, bytes]:
    """As it is, and as PostgreSQL writes bytes."""
    return value, value.hex().encode()
