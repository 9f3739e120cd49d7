"""What tests of the server begin with: a store, once on SQLite and once on PostgreSQL, and an ingest.

The migrations run once for each; a test's database is a copy of the one they made, which is still nameless.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import delete

from server.adapters.database import Database
from server.adapters.migrate import open_database
from server.adapters.tables import fleet_state
from tests.server import postgres
from tests.server.ingest_rig import Rig

_MIGRATED = "migrated"


def _migrate(url: str) -> None:
    with open_database(url) as database, database.writing() as connection:
        connection.execute(delete(fleet_state))


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite store with this version's tables, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "fleet.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    folder = postgres.binaries()
    if folder is None:
        pytest.skip("no PostgreSQL on this machine: apt-get install postgresql")
    with postgres.cluster(folder) as url:
        with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {_MIGRATED}".encode())
        _migrate(f"{url}/{_MIGRATED}")
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of a database with this version's tables."""
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "fleet.db")
        yield f"sqlite:///{file}"
        return
    yield from _made(request.getfixturevalue("postgres_server"), f"TEMPLATE {_MIGRATED}")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    yield from _made(request.getfixturevalue("postgres_server"), "TEMPLATE template1")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with open_database(database_url) as opened:
        yield opened


@pytest.fixture
def rig() -> Rig:
    """It has told the list's state already."""
    made = Rig()
    made.quiet()
    return made


def _made(server: str, how: str) -> Iterator[str]:
    name = f"t{uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {how}".encode())
        yield f"{server}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
