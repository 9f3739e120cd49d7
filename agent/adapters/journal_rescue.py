"""A damaged journal is set aside, and what can be read of it is saved into a new one and sent.

The new journal's next start says that what was before it is unknown: nobody can prove that all was saved.
"""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from agent.adapters.sqlite_file import is_damage
from agent.adapters.sqlite_journal import SqliteJournal
from agent.ports.journal import JournalDamagedError, JournalError
from agent.wire.messages import WireError, decode_record

_SIDE_FILES: Final = ("", "-wal", "-shm")
_UNREADABLE: Final = (sqlite3.Error, UnicodeDecodeError)
"""SQLite's own words quote what it cannot read, which then is no text."""

_MOST: Final = 2**53
"""More rows than any start has."""

log = logging.getLogger(__name__)


def open_journal(path: Path) -> SqliteJournal:
    """The journal at ``path``, or a new one with all that could be saved. Raises :class:`JournalError`."""
    try:
        _check(path)
        return SqliteJournal(path)
    except JournalDamagedError as damage:
        log.error("%s", damage)  # noqa: TRY400  (the sentence says it all)
    try:
        aside = _set_aside(path)
    except OSError as error:
        raise JournalError(f"{path} is damaged and cannot be moved ({error.strerror}).") from None
    journal = SqliteJournal(path)
    saved = _save(aside, journal)
    log.error("%d records were saved from %s, which stays for whoever wants to look", saved, aside.name)
    return journal


def _check(path: Path) -> None:
    """Raises :class:`JournalDamagedError`; any other trouble shows when the journal is opened."""
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except UnicodeDecodeError as error:
        raise JournalDamagedError(path) from error
    except sqlite3.Error as error:
        if is_damage(error):
            raise JournalDamagedError(path) from error
        return
    if verdict != "ok":
        raise JournalDamagedError(path)


def _set_aside(path: Path) -> Path:
    """Renamed with its log, so that SQLite can still read both together."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    for side in reversed(_SIDE_FILES):
        with suppress(FileNotFoundError):
            path.with_name(path.name + side).rename(aside.with_name(aside.name + side))
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return aside


def _save(aside: Path, journal: SqliteJournal) -> int:
    """How many records could be read and are in ``journal`` now."""
    saved = 0
    try:
        with closing(sqlite3.connect(aside, isolation_level=None)) as damaged, journal.saving() as new:
            for row in _rows(damaged, "SELECT ordinal, epoch, next_seq, upto FROM epochs ORDER BY ordinal"):
                saved += _save_epoch(damaged, new, _epoch_in(*row))
            for letter in _rows(damaged, "SELECT ordinal, seq, why FROM refused"):
                _keep(new, "INSERT INTO refused VALUES (?, ?, ?)", letter)
            for server in _rows(damaged, "SELECT generation FROM server"):
                _keep(new, "INSERT INTO server VALUES (1, ?)", server)
            for boot in _rows(damaged, "SELECT boot_id, ordinal FROM epochs"):
                _keep(new, "UPDATE epochs SET boot_id = ? WHERE ordinal = ?", boot)
            for clock in _rows(damaged, "SELECT boot_id, boottime_ms, utc_ms FROM heard"):
                _keep(new, "INSERT INTO heard VALUES (?, ?, ?)", clock)
            for known in _rows(damaged, "SELECT seconds FROM known_time"):
                _keep(new, "INSERT OR REPLACE INTO known_time VALUES (1, ?)", known)
    except sqlite3.Error as error:
        raise JournalError(f"{aside.name}: what can be read of it could not be saved ({error}).") from error
    return saved


def _keep(new: sqlite3.Connection, statement: str, row: tuple[Any, ...]) -> bool:
    """Whether ``row`` could be read for what it is: a damaged one costs itself alone, and never the start."""
    try:
        new.execute(statement, row)
    except sqlite3.IntegrityError as error:
        log.warning("not readable any more: %s", error)
        return False
    return True


class _Epoch(NamedTuple):
    ordinal: int
    epoch: str
    next_seq: int
    upto: int


def _epoch_in(ordinal: int, epoch: str, next_seq: object, upto: object) -> _Epoch:
    """Where its counts are damaged its rows are looked for wherever they can be, and sent again."""
    end = next_seq if isinstance(next_seq, int) and 0 < next_seq <= _MOST else _MOST
    return _Epoch(ordinal, epoch, end, upto if isinstance(upto, int) and -1 <= upto < end < _MOST else -1)


def _save_epoch(damaged: sqlite3.Connection, new: sqlite3.Connection, epoch: _Epoch) -> int:
    """Its end is the last row that was saved or has its receipt: what was lost is not waited for."""
    found = [(epoch.ordinal, seq, body) for seq, body in _records(damaged, epoch)]
    first = found[0][1] if found else epoch.upto + 1
    next_seq = max(found[-1][1] if found else -1, epoch.upto) + 1
    statement = "INSERT INTO epochs (ordinal, epoch, next_seq, upto, kept_from) VALUES (?, ?, ?, ?, ?)"
    if not _keep(new, statement, (epoch.ordinal, epoch.epoch, next_seq, epoch.upto, first)):
        return 0
    if epoch.upto >= 0:
        # What has its receipt is kept as long as if that had just come.
        new.execute(
            "INSERT INTO receipts (ordinal, upto, days) VALUES (?, ?, 0)", (epoch.ordinal, epoch.upto)
        )
    new.executemany("INSERT INTO records VALUES (?, ?, ?)", found)
    return len(found)


def _rows(damaged: sqlite3.Connection, query: str) -> Iterator[tuple[Any, ...]]:
    """As far as they can be read."""
    try:
        yield from damaged.execute(query)
    except _UNREADABLE as error:
        log.warning("not readable any more: %s", error)


def _records(damaged: sqlite3.Connection, epoch: _Epoch) -> Iterator[tuple[int, bytes]]:
    """In order; a damaged page is stepped over."""
    seq, step = 0, 1
    while seq < epoch.next_seq:
        try:
            rows = damaged.execute(
                "SELECT seq, body FROM records WHERE ordinal = ? AND seq >= ? ORDER BY seq",
                (epoch.ordinal, seq),
            )
            for found, body in rows:
                seq, step = found + 1, 1
                if _is_record(body, found):
                    yield found, body
        except _UNREADABLE:
            seq, step = seq + step, step * 2  # a page holds a few rows; the next may be whole
        else:
            return


def _is_record(body: object, seq: int) -> bool:
    try:
        return isinstance(body, bytes) and decode_record(body).seq == seq
    except WireError:
        return False
