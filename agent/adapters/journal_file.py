"""The journal's file: opened with its tables, and each piece of work a transaction."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlite_utils import Database

from agent.adapters.journal_schema import migrations
from agent.adapters.sqlite_file import connect, is_damage, transaction
from agent.adapters.sqlite_pages import PAGE
from agent.ports.journal import JournalDamagedError, JournalError


class JournalFile:
    """Opens or makes ``path``: WAL, ``synchronous=FULL``. Raises :class:`JournalError`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with ExitStack() as unless_it_opens:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch(mode=0o600)  # what is in it concerns nobody else on this machine
                self._sql = connect(path)
                unless_it_opens.callback(self._sql.close)
                # A damaged file is read page by page: none has another size, and none holds what was deleted.
                self._sql.execute(f"PRAGMA page_size={PAGE}")
                self._sql.execute("PRAGMA secure_delete=ON")
                self._sql.execute("PRAGMA journal_mode=WAL")
                self._sql.execute("PRAGMA synchronous=FULL")
                migrations.apply(Database(self._sql, execute_plugins=False))
                unless_it_opens.pop_all()
        except (sqlite3.Error, OSError) as error:
            if _is_no_journal(error):
                raise JournalDamagedError(path) from error
            raise self._failure(error) from error

    def close(self) -> None:
        self._sql.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            with transaction(self._sql):
                yield
        except sqlite3.Error as error:
            raise self._failure(error) from error

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> JournalError | JournalDamagedError:
        if is_damage(error):
            return JournalDamagedError(self._path)
        return JournalError(
            f"{self._path} cannot be used ({error}). Is the disk full, read-only or worn out?"
        )


def _is_no_journal(error: Exception) -> bool:
    """What a disk does not do has codes of its own: this is of tables that are not as they were made."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return isinstance(error, sqlite3.OperationalError) and code == sqlite3.SQLITE_ERROR
