"""Journals that something becomes of: made cheaply, damaged page by page, and what is sent of them after."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from agent.adapters.journal_rescue import open_journal
from agent.adapters.sqlite_journal import SqliteJournal
from agent.wire.messages import Receipt
from agent.wire.records import Scan
from tests.agent.examples import GENERATION, answered, moment, scan

PAGE: Final = 4096
SEALED: Final = "c2VhbGVk" * 10
"""As long as a real one."""

Names = dict[tuple[str, int], bytes]


class QuickJournal(SqliteJournal):
    """Waits for the disk once for all that is written together."""

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        if self._sql.in_transaction:
            yield
            return
        with super()._transaction():
            yield

    @contextmanager
    def together(self) -> Iterator[None]:
        with self._transaction():
            yield

    def hurry(self) -> None:
        self._sql.execute("PRAGMA synchronous=OFF")


def visit(number: int) -> Scan:
    """No other is like it, and one of twenty does not fit on its page."""
    marks = tuple(f"{number}-{at}".ljust(64, "-") for at in range(16)) if number % 20 == 7 else ()
    return msgspec.structs.replace(scan(sealed=SEALED), clock=moment(number).stamp(), marks=marks)


def write_starts(path: Path, starts: int, visits: int) -> None:
    for start in range(starts):
        journal = QuickJournal(path)
        with journal.together():
            journal.start(moment(start), "serial-1", "start")
            for number in range(visits):
                answered(journal, journal.append(visit(start * visits + number + 100), 7), number % 4)
        journal.close()


def sent(journal: SqliteJournal, generation: str = GENERATION) -> Names:
    """All that the outbox would send, by name; each batch gets its receipt, so an end is reached."""
    rows: Names = {}
    while batch := journal.batch(10_000, 2**30):
        rows |= {(batch.epoch, batch.first + at): row for at, row in enumerate(batch.rows)}
        journal.receipt(Receipt(generation=generation, epoch=batch.epoch, upto=batch.last))
    return rows


@dataclass(frozen=True)
class Files:
    """A journal as the power cut finds it: the file and its log."""

    file: bytes
    log: bytes = b""

    @classmethod
    def of(cls, path: Path) -> "Files":
        log = path.with_name(f"{path.name}-wal")
        return cls(path.read_bytes(), log.read_bytes() if log.exists() else b"")

    def lay(self, folder: Path) -> Path:
        """In ``folder``, where nothing is left of another."""
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        path = folder / "journal.db"
        path.write_bytes(self.file)
        if self.log:
            path.with_name("journal.db-wal").write_bytes(self.log)
        return path

    def sent(self, folder: Path) -> "Sent":
        """What the next start would send."""
        journal = open_journal(self.lay(folder))
        # A file of its own is what the tests of the disk are for.
        journal._sql.execute("PRAGMA synchronous=OFF")  # noqa: SLF001  (of this connection alone)
        rows = sent(journal)
        journal.close()
        return Sent(rows, set_aside=(folder / "journal.db.damaged-1").exists())

    def with_page(self, page: int, content: bytes) -> "Files":
        return Files(_with(self.file, (page - 1) * PAGE, content), self.log)

    def with_log_at(self, at: int, content: bytes) -> "Files":
        return Files(self.file, _with(self.log, at, content))


@dataclass(frozen=True)
class Sent:
    rows: Names
    set_aside: bool = field(kw_only=True)

    def lost(self, whole: Names) -> Names:
        """What is not sent as it was written."""
        assert self.rows.keys() <= whole.keys(), "made up"
        return {name: body for name, body in whole.items() if self.rows.get(name) != body}


def in_use(path: Path, starts: int = 3, visits: int = 10) -> Files:
    """A journal whose last start is in the log alone."""
    write_starts(path, starts, 100)
    journal = QuickJournal(path)
    journal.hurry()
    journal.start(moment(4), "serial-1", "start")
    for number in range(visits):
        answered(journal, journal.append(visit(number + 1000), 7), 1)
    files = Files.of(path)
    journal.close()
    return files


def _with(content: bytes, at: int, part: bytes) -> bytes:
    return content[:at] + part + content[at + len(part) :]
