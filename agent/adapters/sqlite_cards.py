"""CardList on SQLite, a file of its own beside the journal: a fill must never delay a scan's commit."""

import os
import sqlite3
import struct
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final

from sqlite_utils import Database

from agent.adapters.cards_schema import ROW_COLUMNS, migrations
from agent.adapters.sqlite_file import connect, is_damage, transaction
from agent.ports.card_list import CardListDamagedError, CardListError, ListHead, Table
from agent.wire.card_key import LIST_KEY_BYTES, ListKey
from agent.wire.card_page import CardRow, Packed, add_hashes, row_hash, sum_of_hashes
from agent.wire.signed import signed

_WHOLE: Final = 0
_LOST: Final = 1
"""``user_version`` of a file that took the place of one that failed, until it is filled."""
_NONSENSE: Final = (ValueError, TypeError, LookupError, ArithmeticError, struct.error)
"""What comes of a file that holds what nobody put in; SQLite's own words on it may be no text."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """How far a check of ``live`` has come, in the order of the keys as SQLite has them: signed."""

    below: int = -(2**63)
    count: int = 0
    checksum: int = 0

    def and_these(self, rows: Sequence[Packed]) -> "_Seen":
        if not rows:
            return self
        hashes = (row_hash((row[0] % 2**64, *row[1:])) for row in rows)
        return _Seen(rows[-1][0] + 1, self.count + len(rows), add_hashes(self.checksum, *hashes))


class SqliteCards:
    """Opens ``path``; one that cannot be used is deleted and made anew, for the server fills it.

    Raises :class:`CardListError` where that fails too. ``find`` has a connection of its own, so that
    it never waits for a fill.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._failing = _Failing(path)
        self._connections = ExitStack()
        self._looking = Lock()
        """Held while the finder is at work: SQLite crashes where a connection is closed meanwhile."""
        self._finder: sqlite3.Connection | None = None
        self._renewing = False
        self._lost = False
        self._seen = _Seen()
        try:
            self._open()
        except (sqlite3.Error, OSError, *_NONSENSE):
            self.renew()

    @property
    def lost(self) -> bool:
        return self._lost

    def find(self, key: int) -> CardRow | None:
        with self._failing:
            row = self._look_up("SELECT flags, first, length, children FROM live WHERE key = ?", signed(key))
            return CardRow.unpacked(key, *row) if row else None

    def answering_key(self) -> ListKey | None:
        with self._failing:
            row = self._look_up("SELECT list_key FROM heads WHERE name = ?", "live")
            return _key(row[0]) if row else None

    def head(self, table: Table) -> ListHead | None:
        with self._failing:
            row = self._sql.execute(
                "SELECT generation, revision, count, checksum, confirmed, list_key FROM heads WHERE name = ?",
                (table,),
            ).fetchone()
            return _head(*row) if row else None

    def begin_fill(self, generation: str, key: ListKey | None = None) -> None:
        with self._transaction():
            self._sql.execute("DELETE FROM fill")
            self._sql.execute(
                "INSERT OR REPLACE INTO heads VALUES ('fill', ?, 0, 0, '0', NULL, ?)",
                (generation, key.reveal() + bytes.fromhex(key.id) if key else None),
            )

    def apply(self, table: Table, rows: Sequence[Packed], upto: int) -> ListHead:
        with self._transaction():
            head = self.head(table)
            if head is None:
                raise CardListError(f"{self._path} has no list {table} to put rows into")
            seen = self._seen_after(rows) if table == "live" else self._seen
            old = self._put(table, rows)
            checksum = add_hashes(head.checksum, sum_of_hashes(rows), *(-h for h in old))
            count = head.count + len(rows) - len(old)
            head = replace(head, revision=upto, count=count, checksum=checksum)
            self._sql.execute(
                "UPDATE heads SET revision = ?, count = ?, checksum = ? WHERE name = ?",
                (head.revision, head.count, f"{head.checksum:x}", table),
            )
        self._seen = seen
        return head

    def swap(self) -> None:
        with self._transaction():
            self._sql.execute("DROP TABLE live")
            self._sql.execute("ALTER TABLE fill RENAME TO live")
            self._sql.execute(f"CREATE TABLE fill ({ROW_COLUMNS}) STRICT, WITHOUT ROWID")
            self._sql.execute("DELETE FROM heads WHERE name = 'live'")
            self._sql.execute("UPDATE heads SET name = 'live' WHERE name = 'fill'")
            self._sql.execute(f"PRAGMA user_version = {_WHOLE}")
        self._lost, self._seen = False, _Seen()

    def confirm(self, at: datetime) -> None:
        with self._transaction():
            self._sql.execute("UPDATE heads SET confirmed = ? WHERE name = 'live'", (int(at.timestamp()),))

    def check(self, rows: int) -> bool:
        with self._failing:
            found = self._sql.execute(
                "SELECT key, flags, first, length, children FROM live WHERE key >= ? ORDER BY key LIMIT ?",
                (self._seen.below, rows),
            ).fetchall()
            seen = self._seen = self._seen.and_these(found)
            if len(found) == rows and seen.below < 2**63:
                return True
            self._seen = _Seen()
            head = self.head("live")
            return head is None or (head.count, head.checksum) == (seen.count, seen.checksum)

    def renew(self) -> None:
        self._lost = self._renewing = True  # before there is an empty list that a look-up could ask
        try:
            self.close()
            self._put_a_lost_one()
            self._open()
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise self._failing.told(error) from error
        finally:
            self._renewing = False

    def close(self) -> None:
        with self._looking:
            self._finder = None
        self._connections.close()

    def _look_up(self, sql: str, what: int | str) -> Any:  # noqa: ANN401  (a row of whatever is there)
        with self._looking:
            if self._finder is not None:
                return self._finder.execute(sql, (what,)).fetchone()
            if self._renewing:
                return None  # nothing is there, and it is ``lost``
        raise sqlite3.ProgrammingError("closed")

    def _put_a_lost_one(self) -> None:
        """In one step: a power cut leaves the damaged file or one that says it is lost, never none at all."""
        fresh = self._path.with_name(self._path.name + ".new")
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        with closing(sqlite3.connect(fresh)) as database:
            database.execute(f"PRAGMA user_version = {_LOST}")
        for suffix in ("-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        fresh.rename(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _put(self, table: Table, rows: Sequence[Packed]) -> list[int]:
        """Put rows in; gives the hashes of those that they took the place of."""
        values = [(signed(row[0]), *row[1:]) for row in rows]
        into = f"INTO {table} VALUES (?, ?, ?, ?, ?)"
        if table == "fill":  # few are there, and to look for each one first would take as long again
            self._sql.execute("SAVEPOINT put")
            if self._sql.executemany(f"INSERT OR IGNORE {into}", values).rowcount == len(rows):
                return []
            self._sql.execute("ROLLBACK TO put")
        old = []
        for row, value in zip(rows, values, strict=True):  # one by one, while its page is at hand
            if (replaced := self._hash_of(table, row[0])) is not None:
                old.append(replaced)
            self._sql.execute(f"INSERT OR REPLACE {into}", value)
        return old

    def _seen_after(self, rows: Sequence[Packed]) -> _Seen:
        """A check goes on over a change: what it has seen of these rows is as they will be."""
        seen = self._seen
        behind = [row for row in rows if signed(row[0]) < seen.below]
        old = [found for row in behind if (found := self._hash_of("live", row[0])) is not None]
        checksum = add_hashes(seen.checksum, sum_of_hashes(behind), *(-h for h in old))
        return _Seen(seen.below, seen.count + len(behind) - len(old), checksum)

    def _hash_of(self, table: Table, key: int) -> int | None:
        """Of the row that is there."""
        sql = f"SELECT flags, first, length, children FROM {table} WHERE key = ?"  # noqa: S608  (two literals)
        found = self._sql.execute(sql, (signed(key),)).fetchone()
        return row_hash((key, *found)) if found else None

    def _open(self) -> None:
        self._seen = _Seen()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch(mode=0o600)
        connection = self._sql = self._connect()
        finder = self._connect()
        # What a power cut takes is asked for again: NORMAL is enough, and kinder to an SD card.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        migrations.apply(Database(connection, execute_plugins=False))
        self._sql.execute("SELECT count(*) FROM heads").fetchone()
        self._lost = self._sql.execute("PRAGMA user_version").fetchone()[0] == _LOST
        self._finder = finder

    def _connect(self) -> sqlite3.Connection:
        connection = connect(self._path)
        self._connections.callback(connection.close)
        return connection

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._failing, transaction(self._sql):
            yield


class _Failing:
    """What a block raises is told as the port says. On the scan path, so it costs next to nothing."""

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlite3.Error):
            raise self.told(error) from error
        if isinstance(error, _NONSENSE):
            raise CardListDamagedError(
                f"{self._path} holds what nobody put in. It is filled anew."
            ) from error

    def told(self, error: BaseException) -> CardListError:
        # A ProgrammingError says that it is closed: a renewal that failed left it so.
        closed = isinstance(error, sqlite3.ProgrammingError)
        damaged = closed or is_damage(error)
        kind = CardListDamagedError if damaged else CardListError
        return kind(f"{self._path} cannot be used ({error}). It may be deleted at any time.")


def _head(
    generation: str, revision: int, count: int, checksum: str, confirmed: int | None, key: bytes | None
) -> ListHead:
    at = None if confirmed is None else datetime.fromtimestamp(confirmed, UTC)
    return ListHead(generation, revision, count, int(checksum, 16), at, _key(key))


def _key(kept: bytes | None) -> ListKey | None:
    """Raises ValueError for one that is not what was put in: by it no card would be on the list."""
    if kept is None:
        return None
    key = ListKey(kept[:LIST_KEY_BYTES])
    if bytes.fromhex(key.id) != kept[LIST_KEY_BYTES:]:
        raise ValueError("a list key that does not go with its name")
    return key
