"""A copy of the store while it runs, and the way back: a restored store gets another generation.

By that every kiosk knows to send again what it keeps of the past month, and to fill its card list anew.
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import update

from agent.told import ToldError
from server.adapters.clock import new_generation
from server.adapters.database import Database, DatabaseError, database_url
from server.adapters.migrate import open_database
from server.adapters.tables import fleet_state

Progress = Callable[[int, int], None]
"""Told (done, all), in pages of the file."""

_PAGES: Final = 2_000
_ELSEWHERE: Final = (
    "Only a SQLite file is copied by this command; for PostgreSQL use pg_dump and pg_restore, "
)


class BackupError(ToldError):
    """The text says what to do."""


def back_up(url: str, to: Path, progress: Progress) -> None:
    """Copy the store as of one moment; ingest goes on meanwhile. ``to`` must not be there yet."""
    file = _file_of(url, "and nothing else is needed.")
    if to.exists():
        raise BackupError(f"{to} exists already. Name a new file.")
    if not file.exists():
        raise BackupError(f"{file} does not exist: there is nothing to back up yet.")
    half = to.with_name(f"{to.name}.part")
    try:
        half.touch(mode=0o600)
        _copy(file, half, progress)
        _settle(half, to)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            half.unlink(missing_ok=True)
        raise BackupError(f"{to} cannot be written ({_reason(error)}). Name another place.") from None


def restore(url: str, backup: Path, aside: Path, progress: Progress) -> None:
    """Put ``backup`` in the store's place and give it a new generation; what was there goes to ``aside``.

    The server must not run: the caller holds its lock.
    """
    file = _file_of(url, "then say kaiku-server restored.")
    fresh = file.with_name(f"{file.name}.restored")
    try:
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        _check(backup)
        _copy(backup, fresh, progress)
        with open_database(f"sqlite:///{fresh}") as database:
            rename_generation(database)
        _into_one_file(fresh)
        if file.exists():
            _into_one_file(file)
            _settle(file, aside)
        _settle(fresh, file)
    except (OSError, sqlite3.Error, DatabaseError) as error:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise BackupError(
            f"{backup} was not restored ({_reason(error)}). The store is as it was; try another backup."
        ) from None


def rename_generation(database: Database) -> None:
    """Say that this is another database than before, with another list."""
    with database.writing() as connection:
        connection.execute(update(fleet_state).values(generation=new_generation()))
        of_its_own = fleet_state.c.list_generation.is_not(None)
        connection.execute(update(fleet_state).where(of_its_own).values(list_generation=new_generation()))


def _file_of(url: str, elsewhere: str) -> Path:
    where = database_url(url)
    if not where.drivername.startswith("sqlite") or not where.database:
        raise BackupError(_ELSEWHERE + elsewhere)
    return Path(where.database)


def _check(backup: Path) -> None:
    if not backup.is_file():
        raise BackupError(f"{backup} is no file. Name a backup made by kaiku-server backup.")
    try:
        with closing(sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro", uri=True)) as source:
            (verdict,) = source.execute("PRAGMA quick_check(1)").fetchone()
            generations = source.execute("SELECT count(*) FROM fleet_state").fetchone()
    except sqlite3.Error:
        verdict, generations = "", (0,)
    if verdict != "ok" or generations != (1,):
        raise BackupError(f"{backup} is no whole backup of a fleet. Name one made by kaiku-server backup.")


def _copy(source: Path, target: Path, progress: Progress) -> None:
    """By SQLite's own backup: as of one moment, whoever writes."""
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as reading,
        closing(sqlite3.connect(target)) as writing,
    ):
        reading.backup(writing, pages=_PAGES, progress=lambda _, left, total: progress(total - left, total))


def _into_one_file(file: Path) -> None:
    """Take the log into the file, so that the file alone can be moved."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def _settle(source: Path, target: Path) -> None:
    """Rename once the content is on the disk."""
    with source.open("rb+") as file:
        os.fsync(file.fileno())
    source.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _reason(error: Exception) -> str:
    return (error.strerror or "") if isinstance(error, OSError) else str(error)
