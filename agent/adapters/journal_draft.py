"""A new journal, filled with what was found of a damaged one."""

import logging
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from agent.adapters.journal_file import JournalFile
from agent.adapters.journal_findings import (
    Finding,
    FoundClock,
    FoundLight,
    FoundName,
    FoundRecord,
    FoundRefusal,
    FoundServer,
    FoundStart,
    FoundTime,
    FoundUnreadable,
    FoundWaiting,
    finding,
    record_in,
)
from agent.adapters.sqlite_pages import Row
from agent.wire.records import ByHand, Digest, Opened, Record, Scan

log = logging.getLogger(__name__)


class JournalDraft(JournalFile):
    """Makes ``path``. Raises :class:`JournalError`."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        # What power or the disk cuts short is thrown away, so its end alone has to wait for the disk; and a
        # log would need the room for all rows twice.
        self._sql.execute("PRAGMA journal_mode=MEMORY")
        self._sql.execute("PRAGMA synchronous=OFF")
        self._starts: dict[int, FoundStart] = {}
        self._names: dict[int, FoundName] = {}
        self._boots: dict[int, str] = {}
        self._of_a_known_server = False
        self._at_the_door: list[FoundWaiting | FoundLight] = []
        """Whoever was served last may still stand there with the card."""

    def fill(self, findings: Iterable[Finding]) -> int:
        """How many records it has then. They are in the file, but the disk may not have it yet."""
        with self._transaction():
            self._sql.execute("INSERT INTO saved VALUES (1)")
            self._sql.execute("CREATE TABLE unreadable (ordinal, seq, body, PRIMARY KEY (ordinal, seq))")
            for found in findings:
                self._take(found)
            for ordinal in sorted(self._starts.keys() | self._names.keys()):
                self._keep_start(ordinal)
            self._sql.execute("DROP TABLE unreadable")
            nameless = self._sql.execute(
                "DELETE FROM records WHERE ordinal NOT IN (SELECT ordinal FROM epochs)"
            ).rowcount
            for found_last in self._at_the_door:
                if isinstance(found_last, FoundLight):
                    self._keep_light(found_last)
                else:
                    self._keep_waiting(found_last)
            (kept,) = self._sql.execute("SELECT count(*) FROM records").fetchone()
        if nameless:
            log.warning("%d records are of starts whose name is not readable any more", nameless)
        return int(kept)

    def close(self) -> None:
        """On the disk."""
        super().close()
        with self._path.open("rb") as file:
            os.fsync(file.fileno())

    def _take(self, found: Finding) -> None:
        match found:
            case FoundRecord():
                self._keep_record(found)
            case FoundUnreadable():
                self._keep("INSERT OR IGNORE INTO unreadable VALUES (?, ?, ?)", found)
            case FoundStart(ordinal, epoch, upto, next_seq):
                known = self._starts.get(ordinal, found)
                self._starts[ordinal] = FoundStart(
                    ordinal, epoch, min(upto, known.upto), max(next_seq, known.next_seq)
                )
            case FoundName(ordinal):
                self._names[ordinal] = found
            case FoundRefusal():
                self._keep("INSERT OR IGNORE INTO refused VALUES (?, ?, ?)", found)
            case FoundServer():
                self._of_a_known_server = self._keep("INSERT OR REPLACE INTO server VALUES (1, ?)", found)
            case FoundClock():
                self._keep("INSERT OR REPLACE INTO heard VALUES (?, ?, ?)", found)
            case FoundTime():
                self._keep("INSERT OR REPLACE INTO known_time VALUES (1, ?)", found)
            case FoundWaiting() | FoundLight():
                self._at_the_door.append(found)

    def _keep_record(self, found: FoundRecord) -> None:
        self._boots.setdefault(found.ordinal, found.boot_id)
        name = found.ordinal, found.seq
        if self._keep("INSERT OR IGNORE INTO records VALUES (?, ?, ?)", (*name, found.body)):
            return
        (body,) = self._sql.execute("SELECT body FROM records WHERE ordinal = ? AND seq = ?", name).fetchone()
        kept = finding(Row(None, (*name, body)))
        if isinstance(kept, FoundRecord) and kept.marks < found.marks:
            self._sql.execute(
                "UPDATE records SET body = ? WHERE ordinal = ? AND seq = ?", (found.body, *name)
            )

    def _keep_start(self, ordinal: int) -> None:
        """Its end is the last row that was saved or has its receipt: what was lost is not waited for."""
        start = self._starts.get(ordinal)
        epoch = start.epoch if start else self._names[ordinal].epoch
        # A receipt is the word of a database: where nobody knows of which one, all is sent again.
        upto = start.upto if start and self._of_a_known_server else -1
        # Nobody takes what cannot be read for a record that this start has not written.
        self._sql.execute(
            "INSERT OR IGNORE INTO records SELECT ordinal, seq, body FROM unreadable WHERE ordinal = ?"
            " AND seq BETWEEN 0 AND max(?, (SELECT coalesce(max(seq), -1) FROM records WHERE ordinal = ?))",
            (ordinal, start.next_seq - 1 if start else -1, ordinal),
        )
        first, last = self._sql.execute(
            "SELECT min(seq), max(seq) FROM records WHERE ordinal = ?", (ordinal,)
        ).fetchone()
        next_seq = max(-1 if last is None else last, upto) + 1
        kept_from = next_seq if first is None else first
        self._keep(
            "INSERT INTO epochs (ordinal, epoch, next_seq, upto, kept_from, boot_id)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (ordinal, epoch, next_seq, upto, kept_from, self._boots.get(ordinal)),
        )
        if upto >= 0:
            # What has its receipt is kept as long as if that had just come.
            self._sql.execute("INSERT INTO receipts (ordinal, upto, days) VALUES (?, ?, 0)", (ordinal, upto))

    def _keep_waiting(self, found: FoundWaiting) -> None:
        """The last record alone waits: what names another stands on a page of an earlier time."""
        row = self._sql.execute(
            "SELECT body, upto, ordinal = (SELECT max(ordinal) FROM epochs)"
            " FROM records JOIN epochs USING (ordinal) WHERE ordinal = ? AND seq = ?",
            (found.ordinal, found.seq),
        ).fetchone()
        if row is None or not self._is_last(found):
            return
        body, upto, of_the_last_start = row
        match record_in(body):
            case Scan() if found.key is not None and upto < found.seq:
                self._keep("INSERT OR REPLACE INTO open_scan VALUES (1, ?, ?, ?)", found)
            case ByHand() if of_the_last_start:
                self._keep("INSERT OR REPLACE INTO unshown_hand VALUES (1, ?, ?, ?)", found)

    def _is_last(self, found: FoundWaiting) -> bool:
        """But for the openings of starts since."""
        own = self._starts.get(found.ordinal)
        if own and own.next_seq > found.seq + 1:
            return False
        if any(start.ordinal > found.ordinal and start.next_seq > 1 for start in self._starts.values()):
            return False
        later = "SELECT 1 FROM records WHERE (ordinal = ? AND seq > ?) OR (ordinal > ? AND seq > 0) LIMIT 1"
        return self._sql.execute(later, (found.ordinal, found.seq, found.ordinal)).fetchone() is None

    def _keep_light(self, found: FoundLight) -> None:
        """A green one, until a card or a word of the staff is written after it.

        Or the last one that sent a card to the staff, until they let it in.
        """
        row = self._sql.execute(
            "SELECT ordinal, body FROM records JOIN epochs USING (ordinal) WHERE epoch = ? AND seq = ?",
            (found.epoch, found.seq),
        ).fetchone()
        record = record_in(row[1]) if row else None
        to_staff = _was_refused(record)
        if not to_staff and not _may_be_green(record):
            return
        later = self._sql.execute(
            "SELECT body FROM records WHERE (ordinal, seq) > (?, ?) ORDER BY ordinal, seq",
            (row[0], found.seq),
        )
        after = [record_in(body) for (body,) in later]
        if to_staff:
            if not any(_adopts(one, found) or _was_refused(one) for one in after):
                self._keep("INSERT OR REPLACE INTO last_refused VALUES (1, ?, ?, ?, ?, ?)", found)
        elif all(isinstance(one, Opened | Digest) for one in after):
            self._keep("INSERT OR REPLACE INTO last_green VALUES (1, ?, ?, ?, ?, ?)", found)

    def _keep(self, statement: str, row: tuple[Any, ...]) -> bool:
        """Whether ``row`` went in: a damaged one costs itself alone, and never the start."""
        try:
            return self._sql.execute(statement, row).rowcount > 0
        except sqlite3.IntegrityError as error:
            log.warning("not readable any more: %s", error)
            return False


def _was_refused(record: Record | None) -> bool:
    return isinstance(record, Scan) and record.shown == "staff"


def _adopts(record: Record | None, light: FoundLight) -> bool:
    adopts = record.adopts if isinstance(record, ByHand) else None
    return adopts is not None and (adopts.epoch, adopts.seq) == (light.epoch, light.seq)


def _may_be_green(record: Record | None) -> bool:
    return isinstance(record, ByHand) or (isinstance(record, Scan) and record.shown == "green")
