"""One database, SQLite or PostgreSQL: reads see one moment, writes hold their lock from the start."""

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final, Self

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from agent.told import ToldError

BUSY_S: Final = 60.0
BUSY_TIMES: Final = 10
"""An import of a million cards holds SQLite's one lock for minutes: who blocks a card waits, and is told."""
_PRAGMAS: Final = (
    # A receipt promises that the record is on the disk; WAL with NORMAL would forget the last commits.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # What is erased is overwritten, not only let go.
    "PRAGMA secure_delete = ON",
    "PRAGMA cache_size = -65536",
)
_NET: Final = {
    # A server that lost its way to the database must find it out before another has its turn: both have
    # one name at the broker, and only one of them can be there.
    "connect_timeout": "10",
    "keepalives_idle": "5",
    "keepalives_interval": "5",
    "keepalives_count": "2",
    "tcp_user_timeout": "15000",
}
_WAL_TRIES: Final = 200
_WAL_PAUSE_S: Final = 0.05


_LOCKED: Final = "database is locked"
_ADVICE: Final = {
    "disk I/O error": " Is the disk full or worn out?",
    "database or disk is full": " Make room on the disk.",
    "attempt to write a readonly database": " Is its folder writable for this user?",
    _LOCKED: " Another change is being written, perhaps a large import. Try again in a minute.",
    "unable to open database file": " Is its folder there, and writable for this user?",
}


LOG: Final = logging.getLogger("kaiku.database")


class DatabaseError(ToldError):
    """The database cannot be used; the text says what to do and holds no row of it."""


class StatementRefused(DatabaseError):  # noqa: N818  (what happened, as the wire's errors are named)
    """The database is there, but did not take this statement: another one may go through."""


class Database:
    """Made by :func:`open_database`; closed by its owner."""

    def __init__(self, url: URL, *, busy_s: float = BUSY_S) -> None:
        """On SQLite a writer waits ``BUSY_TIMES`` x ``busy_s`` for the one before it."""
        # Parameters are card codes: they have no place in an exception's text.
        self._engine = create_engine(url, hide_parameters=True, pool_pre_ping=url.drivername != "sqlite")
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", partial(_prepare_sqlite, busy_s))
            event.listen(self._engine, "begin", _begin_sqlite)
            self._reading: Engine = self._engine
            self._writing: Engine = self._engine.execution_options(immediate=True)
        else:
            self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ")
            self._writing = self._engine

    @property
    def engine(self) -> Engine:
        """For migrations and their tests."""
        return self._engine

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees the database as of its first read."""
        return _transaction(self._reading)

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that commits at the end of its block; on SQLite it holds the one writer's lock."""
        return _transaction(self._writing)

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def database_url(text: str) -> URL:
    """``text`` in SQLAlchemy's form; PostgreSQL is spoken by psycopg. Raises :class:`DatabaseError`."""
    try:
        url = make_url(text)
    except ArgumentError:
        raise DatabaseError(
            "DATABASE_URL is not in SQLAlchemy's form, such as postgresql://user:password@host/name."
        ) from None
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise DatabaseError("DATABASE_URL must be of SQLite or PostgreSQL.")
    if url.drivername.startswith("sqlite") and url.database in (None, "", ":memory:"):
        raise DatabaseError("DATABASE_URL names no file. Write sqlite:////path/to/fleet.db.")
    return url if url.drivername.startswith("sqlite") else url.set(query={**_NET, **url.query})


def make_private(url: URL) -> None:
    """A new SQLite file is its owner's alone: it holds codes. SQLite gives its side files the same rights."""
    if url.drivername.startswith("sqlite") and url.database:
        with suppress(OSError):  # SQLite tells it better
            Path(url.database).touch(mode=0o600)


def insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that can say what happens on a conflict, in the words of this database."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        raise _in_words(error) from None


def _in_words(error: DBAPIError) -> DatabaseError:
    """PostgreSQL quotes the row in some of its errors; only states of the world are told in its words."""
    lines = str(error.orig).splitlines() if error.orig else []
    broken = type(error.orig) is sqlite3.DatabaseError  # itself, no subclass: the file is none, or damaged
    if broken or isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
        reason = lines[0] if lines else type(error).__name__
        return DatabaseError(f"The database cannot be used: {reason}.{_ADVICE.get(reason, '')}")
    return StatementRefused(f"The database refused a statement ({type(error.orig).__name__}).")


def _prepare_sqlite(busy_s: float, connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    del entry
    connection.isolation_level = None  # the driver would begin only at the first write: reads of two moments
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {round(busy_s * 1000)}")
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    _into_wal(cursor)
    cursor.close()


def _into_wal(cursor: DBAPICursor) -> None:
    """Two that open a new file at once collide here: SQLite does not wait for this change."""
    for last in (*[False] * _WAL_TRIES, True):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if last:
                raise
            time.sleep(_WAL_PAUSE_S)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    """A write that starts as a read is refused at once when another process writes, whatever the timeout."""
    if not connection.get_execution_options().get("immediate"):
        connection.exec_driver_sql("BEGIN")
        return
    for last in (*[False] * (BUSY_TIMES - 1), True):
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError as error:
            if last or error.orig is None or error.orig.args != (_LOCKED,):
                raise
            LOG.warning("Another change is being written, perhaps a large import. Waiting for it.")
        else:
            return
