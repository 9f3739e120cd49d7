"""A damaged journal is set aside, and what can be read of it is saved into a new one and sent.

The damaged file stays in its place until the new one is whole and on the disk, so whatever ends a rescue, the
next start does it over, or brings it to its end. The new journal's next start says that what was before it is
unknown: nobody can prove that all was saved.
"""

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from agent.adapters.journal_draft import JournalDraft
from agent.adapters.journal_findings import Finding, findings
from agent.adapters.sqlite_file import is_damage
from agent.adapters.sqlite_image import Image
from agent.adapters.sqlite_journal import SqliteJournal
from agent.ports.journal import JournalDamagedError, JournalError

_DRAFT: Final = ".saving"
_WHOLE: Final = ".saved"
_SIDE_FILES: Final = ("-journal", "-shm", "-wal", "")
_SOON: Final = 200
"""Pages that even a slow card takes in a second or two."""

log = logging.getLogger(__name__)


def open_journal(path: Path, busy: Callable[[], None] = lambda: None) -> SqliteJournal:
    """The journal at ``path``, or a new one with all that could be saved. Raises :class:`JournalError`.

    ``busy`` is told again and again while much is saved.
    """
    try:
        _put_in_place(path)
        try:
            _check(path)
            return SqliteJournal(path)
        except JournalDamagedError as damage:
            log.error("%s", damage)  # noqa: TRY400  (the sentence says it all)
        _save(path, busy)
        _put_in_place(path)
    except (OSError, sqlite3.Error) as error:
        raise JournalError(
            f"{path} is damaged, and what can be read of it could not be saved ({error})."
            " It stays where it is, and the next start tries again. Is the disk full or read-only?"
        ) from error
    return SqliteJournal(path)


def _check(path: Path) -> None:
    """Raises :class:`JournalDamagedError`; any other trouble shows when the journal is opened."""
    if _looks_damaged(path) and _looks_damaged(path):  # what a disk cannot read just now passes for damage
        raise JournalDamagedError(path)


def _looks_damaged(path: Path) -> bool:
    """A page that neither SQLite can read nor we is lost: who waited for it would wait for ever."""
    try:
        with Image(path) as image:  # before SQLite looks at it, which would cut the log off
            damaged = image.is_damaged
        if not damaged and path.exists():
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
                damaged = verdict != "ok"
    except UnicodeDecodeError:  # SQLite's own words quote what it cannot read, which then is no text
        damaged = True
    except (OSError, sqlite3.Error) as error:
        damaged = is_damage(error) or _has_holes(path)
    return damaged


def _has_holes(path: Path) -> bool:
    try:
        with Image(path) as image:
            return image.has_holes
    except OSError:
        return False


def _save(path: Path, busy: Callable[[], None]) -> None:
    """Into a file of its own, which has the name of a whole one once all of it is on the disk."""
    draft = path.with_name(path.name + _DRAFT)
    _remove(draft)
    try:
        with Image(path) as image, closing(JournalDraft(draft)) as new:
            saved = new.fill(_findings(image, busy))
        draft.rename(path.with_name(path.name + _WHOLE))
    except BaseException:
        _remove(draft)
        raise
    _sync(path.parent)
    log.error("%d records of it were saved", saved)


def _findings(image: Image, busy: Callable[[], None]) -> Iterator[Finding]:
    for number, page in enumerate(image.pages()):
        if number % _SOON == 0:
            busy()
        yield from findings(page)


def _put_in_place(path: Path) -> None:
    """Where a whole new journal stands ready: the damaged one is set aside for whoever wants to look."""
    whole = path.with_name(path.name + _WHOLE)
    if not whole.exists():
        return
    _remove(path.with_name(path.name + _DRAFT))  # what power may have brought back of its side files
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    for side in _SIDE_FILES:  # the file itself last, so that one number is for all of them
        if (file := path.with_name(path.name + side)).exists():
            file.rename(aside.with_name(aside.name + side))
            _sync(path.parent)  # a log that stayed would be taken for the new journal's
    whole.rename(path)
    _sync(path.parent)
    log.error("what was damaged is %s now, and stays for whoever wants to look", aside.name)


def _remove(draft: Path) -> None:
    for side in _SIDE_FILES:
        draft.with_name(draft.name + side).unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
