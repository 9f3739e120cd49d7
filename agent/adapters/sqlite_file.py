"""What journal and card list have in common as files of SQLite."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

LOCK_S: Final = 5.0
_DAMAGE: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def connect(path: Path) -> sqlite3.Connection:
    """Used by one thread at a time, though not always by the one that opened it."""
    return sqlite3.connect(path, timeout=LOCK_S, isolation_level=None, check_same_thread=False)


@contextmanager
def transaction(sql: sqlite3.Connection) -> Iterator[None]:
    """One that writes. Where SQLite rolled back by itself, there is nothing left to roll back."""
    sql.execute("BEGIN IMMEDIATE")
    try:
        yield
        sql.execute("COMMIT")
    except BaseException:
        if sql.in_transaction:
            sql.execute("ROLLBACK")
        raise


def is_damage(error: BaseException) -> bool:
    """Whether it is the file itself that is broken, and not what the disk does just now."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE
