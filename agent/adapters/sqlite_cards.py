"""CardList on SQLite, a file of its own beside the journal: a fill must never delay a scan's commit."""

import sqlite3
import struct
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlite_utils import Database, Migrations

from agent.ports.card_list import CardListDamagedError, CardListError, ListHead, Table
from agent.wire.card_page import CardRow, Packed, add_hashes, row_hash, sum_of_hashes

LOCK_S: Final = 5.0
DAMAGE: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_KEEP: Final = "key INTEGER PRIMARY KEY, flags INTEGER, first INTEGER, length INTEGER, children INTEGER"
_WHOLE: Final = 0
_LOST: Final = 1
"""``user_version`` of a file that took the place of one that failed, until it is filled."""
_migrations = Migrations("cards")


@_migrations()
def cards_and_heads(db: Database) -> None:
    """``heads`` says how far each table has come; checksums are text, since they are unsigned."""
    for table in ("live", "fill"):
        db.execute(f"CREATE TABLE {table} ({_KEEP}) STRICT, WITHOUT ROWID")
    db.execute("""
        CREATE TABLE heads (
            name TEXT PRIMARY KEY CHECK (name IN ('live', 'fill')),
            generation TEXT NOT NULL,
            revision INTEGER NOT NULL,
            count INTEGER NOT NULL,
            checksum TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
    """)


@_migrations()
def confirmed(db: Database) -> None:
    """Seconds since 1970."""
    db.execute("ALTER TABLE heads ADD COLUMN confirmed INTEGER")


class SqliteCards:
    """Opens ``path``; one that cannot be used is deleted and made anew, for the server fills it.

    Raises :class:`CardListError` where that fails too. ``find`` has a connection of its own, so that
    it never waits for a fill.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._failing = _Failing(path)
        self._connections = ExitStack()
        self._lost = False
        try:
            self._open()
        except (sqlite3.Error, OSError):
            self.renew()

    @property
    def lost(self) -> bool:
        return self._lost

    def find(self, key: int) -> CardRow | None:
        with self._failing:
            row = self._finder.execute(
                "SELECT flags, first, length, children FROM live WHERE key = ?", (_signed(key),)
            ).fetchone()
            return CardRow.unpacked(key, *row) if row else None

    def head(self, table: Table) -> ListHead | None:
        with self._failing:
            row = self._sql.execute(
                "SELECT generation, revision, count, checksum, confirmed FROM heads WHERE name = ?", (table,)
            ).fetchone()
            return _head(*row) if row else None

    def begin_fill(self, generation: str) -> None:
        with self._transaction():
            self._sql.execute("DELETE FROM fill")
            self._sql.execute(
                "INSERT OR REPLACE INTO heads VALUES ('fill', ?, 0, 0, '0', NULL)", (generation,)
            )

    def apply(self, table: Table, rows: Sequence[Packed], upto: int) -> ListHead:
        with self._transaction():
            head = self.head(table)
            if head is None:
                raise CardListError(f"{self._path} has no list {table} to put rows into")
            old = self._put(table, rows)
            checksum = add_hashes(head.checksum, sum_of_hashes(rows), *(-h for h in old))
            count = head.count + len(rows) - len(old)
            head = replace(head, revision=upto, count=count, checksum=checksum)
            self._sql.execute(
                "UPDATE heads SET revision = ?, count = ?, checksum = ? WHERE name = ?",
                (head.revision, head.count, f"{head.checksum:x}", table),
            )
        return head

    def swap(self) -> None:
        with self._transaction():
            self._sql.execute("DROP TABLE live")
            self._sql.execute("ALTER TABLE fill RENAME TO live")
            self._sql.execute(f"CREATE TABLE fill ({_KEEP}) STRICT, WITHOUT ROWID")
            self._sql.execute("DELETE FROM heads WHERE name = 'live'")
            self._sql.execute("UPDATE heads SET name = 'live' WHERE name = 'fill'")
            self._sql.execute(f"PRAGMA user_version = {_WHOLE}")
        self._lost = False

    def confirm(self, at: datetime) -> None:
        with self._transaction():
            self._sql.execute("UPDATE heads SET confirmed = ? WHERE name = 'live'", (int(at.timestamp()),))

    def renew(self) -> None:
        try:
            self.close()
            for suffix in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            self._open()
            self._sql.execute(f"PRAGMA user_version = {_LOST}")  # a restart does not forget it
            self._lost = True
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise self._failing.told(error) from error

    def close(self) -> None:
        self._connections.close()

    def _put(self, table: Table, rows: Sequence[Packed]) -> list[int]:
        """Put rows in; gives the hashes of those that they took the place of."""
        values = [(_signed(row[0]), *row[1:]) for row in rows]
        into = f"INTO {table} VALUES (?, ?, ?, ?, ?)"
        if table == "fill":  # few are there, and to look for each one first would take as long again
            self._sql.execute("SAVEPOINT put")
            if self._sql.executemany(f"INSERT OR IGNORE {into}", values).rowcount == len(rows):
                return []
            self._sql.execute("ROLLBACK TO put")
        sql = f"SELECT flags, first, length, children FROM {table} WHERE key = ?"  # noqa: S608  (two literals)
        old = []
        for row, value in zip(rows, values, strict=True):  # one by one, while its page is at hand
            if found := self._sql.execute(sql, value[:1]).fetchone():
                old.append(row_hash((row[0], *found)))
            self._sql.execute(f"INSERT OR REPLACE {into}", value)
        return old

    def _open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch(mode=0o600)
        connection = self._sql = self._connect()
        self._finder = self._connect()
        # What a power cut takes is asked for again: NORMAL is enough, and kinder to an SD card.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        _migrations.apply(Database(connection, execute_plugins=False))
        self._sql.execute("SELECT count(*) FROM heads").fetchone()
        self._lost = self._sql.execute("PRAGMA user_version").fetchone()[0] == _LOST

    def _connect(self) -> sqlite3.Connection:
        # Each connection is used by one thread at a time, though not always by the one that opened it.
        connection = sqlite3.connect(
            self._path, timeout=LOCK_S, isolation_level=None, check_same_thread=False
        )
        self._connections.callback(connection.close)
        return connection

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._failing:
            self._sql.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._sql.execute("COMMIT")
            except BaseException:
                if self._sql.in_transaction:
                    self._sql.execute("ROLLBACK")
                raise


class _Failing:
    """What a block raises is told as the port says. On the scan path, so it costs next to nothing."""

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        match error:
            case sqlite3.Error():
                raise self.told(error) from error
            case ValueError() | TypeError() | LookupError() | ArithmeticError() | struct.error():
                raise CardListDamagedError(
                    f"{self._path} holds what nobody put in. It is filled anew."
                ) from error

    def told(self, error: BaseException) -> CardListError:
        # A ProgrammingError says that it is closed: a renewal that failed left it so.
        closed = isinstance(error, sqlite3.ProgrammingError)
        damaged = closed or getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGE
        kind = CardListDamagedError if damaged else CardListError
        return kind(f"{self._path} cannot be used ({error}). It may be deleted at any time.")


def _head(generation: str, revision: int, count: int, checksum: str, confirmed: int | None) -> ListHead:
    at = None if confirmed is None else datetime.fromtimestamp(confirmed, UTC)
    return ListHead(generation, revision, count, int(checksum, 16), at)


def _signed(key: int) -> int:
    return key - 2**64 if key >= 2**63 else key
