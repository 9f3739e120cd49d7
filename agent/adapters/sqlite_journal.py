"""Journal on SQLite: WAL, ``synchronous=FULL``. Schema by sqlite-utils, statements on its connection."""

import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from sqlite_utils import Database

from agent.adapters.journal_schema import migrations
from agent.core.actions import Ref
from agent.core.moment import Moment
from agent.ports.journal import (
    Batch,
    DeadLetter,
    JournalDamagedError,
    JournalError,
    LastGreen,
    OpenHand,
    OpenScan,
    Start,
)
from agent.wire.canonical import canonical_record
from agent.wire.messages import ClockPair, Receipt, WireError, decode_record
from agent.wire.records import (
    ByHand,
    Correction,
    Digest,
    Opened,
    Previous,
    Record,
    Scan,
    Shown,
    Stamp,
)

LOCK_S: Final = 5.0
DAMAGE: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_RELEASED: Final = (
    "coalesce((SELECT seq FROM open_scan WHERE open_scan.ordinal = epochs.ordinal), next_seq) - 1"
)
"""The last row of an epoch that may be sent: all of it, or all before the open scan."""


class SqliteJournal:
    """Opens or makes ``path``. Raises :class:`JournalError`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ordinal = 0
        self._epoch = ""
        try:
            with ExitStack() as unless_it_opens:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch(mode=0o600)  # what is in it concerns nobody else on this machine
                # One thread at a time uses it, though not always the one that opened it.
                self._sql = sqlite3.connect(
                    path, timeout=LOCK_S, isolation_level=None, check_same_thread=False
                )
                unless_it_opens.callback(self._sql.close)
                self._sql.execute("PRAGMA journal_mode=WAL")
                self._sql.execute("PRAGMA synchronous=FULL")
                migrations.apply(Database(self._sql, execute_plugins=False))
                unless_it_opens.pop_all()
        except (sqlite3.Error, OSError) as error:
            raise self._failure(error) from error

    def start(self, at: Moment, serial: str, why: str, known_starts: int = 0) -> Start:
        epoch = secrets.token_hex(16)
        with self._transaction():
            before = self._sql.execute(
                "SELECT ordinal, epoch, next_seq FROM epochs ORDER BY ordinal DESC LIMIT 1"
            ).fetchone()
            known = before[0] if before else 0
            self._ordinal, self._epoch = max(known, known_starts) + 1, epoch
            # After a damaged file nobody knows what the start before wrote last.
            saved = self._sql.execute("DELETE FROM saved RETURNING one").fetchall()
            lost = known < known_starts and not saved
            follows = Previous(epoch=before[1], last_seq=before[2] - 1) if before and not saved else None
            opened = Opened(
                seq=0,
                previous=follows or "unknown",
                boot_id=at.boot_id,
                serial=serial,
                why="journal set aside" if saved else "journal lost" if lost else why,
                clock=at.stamp(),
            )
            self._sql.execute(
                "INSERT INTO epochs (ordinal, epoch, next_seq, boot_id) VALUES (?, ?, 1, ?)",
                (self._ordinal, epoch, at.boot_id),
            )
            self._sql.execute(
                "DELETE FROM heard WHERE boot_id NOT IN"
                " (SELECT boot_id FROM epochs WHERE boot_id IS NOT NULL AND kept_from < next_seq)"
            )
            self._insert(0, opened)
            left_open = self._left_open()
            hand = self._sql.execute(
                "SELECT epoch, seq, key FROM unshown_hand JOIN epochs USING (ordinal)"
            ).fetchone()
            self._sql.execute("DELETE FROM unshown_hand")
            green = self._sql.execute(
                "SELECT epoch, seq, key, boot_id, boottime_ms FROM last_green"
            ).fetchone()
            digested = self._sql.execute("SELECT day FROM digest").fetchone()
            seconds = self._sql.execute("SELECT seconds FROM known_time").fetchone()
            self._know(at.best_utc)
        day = date.fromisoformat(digested[0]) if digested else None
        known_utc = datetime.fromtimestamp(seconds[0], UTC) if seconds else None
        let_in = _hand_in(*hand) if hand else None
        lit = LastGreen(Ref(green[0], green[1]), _unsigned(green[2]), *green[3:]) if green else None
        return Start(epoch, self._ordinal, left_open, let_in, lit, day, known_utc, lost)

    def append(self, scan: Scan, key: int, known_utc: datetime | None = None) -> Ref:
        with self._transaction():
            self._sql.execute("DELETE FROM last_green")
            seq = self._next_seq()
            self._insert(seq, msgspec.structs.replace(scan, seq=seq))
            self._sql.execute(
                "INSERT OR REPLACE INTO open_scan VALUES (1, ?, ?, ?)", (self._ordinal, seq, _signed(key))
            )
            self._know(known_utc)
        return Ref(self._epoch, seq)

    def mark_shown(self, ref: Ref, shown: Shown, at: Moment) -> None:
        with self._transaction():
            if found := self._open(ref):
                ordinal, scan = found
                self._rewrite(ordinal, msgspec.structs.replace(scan, shown=shown))
                key = self._sql.execute("SELECT key FROM open_scan").fetchone()
            else:
                key = self._sql.execute(
                    "DELETE FROM unshown_hand WHERE ordinal = ? AND seq = ? RETURNING key",
                    (self._ordinal if ref.epoch == self._epoch else None, ref.seq),
                ).fetchone()
            if shown == "green" and key is not None and key[0] is not None:
                self._sql.execute(
                    "INSERT OR REPLACE INTO last_green VALUES (1, ?, ?, ?, ?, ?)",
                    (ref.epoch, ref.seq, key[0], at.boot_id, at.boottime_ms),
                )

    def settle(self, ref: Ref, children: int | None) -> None:
        with self._transaction():
            if found := self._open(ref):
                ordinal, scan = found
                if children is not None:
                    party = msgspec.structs.replace(scan.party, children=children)
                    self._rewrite(ordinal, msgspec.structs.replace(scan, party=party))
                self._sql.execute("DELETE FROM open_scan")

    def add(
        self, record: ByHand | Correction, known_utc: datetime | None = None, key: int | None = None
    ) -> Ref:
        with self._transaction():
            self._sql.execute("DELETE FROM last_green")
            ref = self._add(record, known_utc)
            if isinstance(record, ByHand):
                signed = None if key is None else _signed(key)
                self._sql.execute(
                    "INSERT INTO unshown_hand VALUES (1, ?, ?, ?)", (self._ordinal, ref.seq, signed)
                )
        return ref

    def digest(self, day: date, at: Moment) -> Ref:
        with self._transaction():
            self._sql.execute("INSERT OR REPLACE INTO digest VALUES (1, ?)", (day.isoformat(),))
            self._sql.execute("INSERT OR IGNORE INTO days VALUES (?)", (day.isoformat(),))
            return self._add(Digest(seq=0, clock=at.stamp()), at.best_utc)

    def batch(self, max_rows: int, max_bytes: int) -> Batch | None:
        with self._reading():
            pending = self._sql.execute(
                f"SELECT ordinal, epoch, upto, {_RELEASED}, kept_from, boot_id, boottime_ms, utc_ms"  # noqa: S608
                " FROM epochs LEFT JOIN heard USING (boot_id)"
                " WHERE upto < next_seq - 1 ORDER BY ordinal LIMIT 1"
            ).fetchone()
            if pending is None:
                return None
            ordinal, epoch, upto, released, kept_from, *heard = pending
            rows = self._sql.execute(
                "SELECT seq, body FROM records"
                " WHERE ordinal = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
                (ordinal, upto, released, max_rows),
            ).fetchall()
        if not rows:
            return None
        first = rows[0][0]
        together = (body for number, (seq, body) in enumerate(rows) if seq == first + number)
        # A hole below is what a damaged file left: its rows are here no more.
        kept_from = first if first > upto + 1 else kept_from
        return Batch(epoch, first, tuple(_within(max_bytes, together)), kept_from, _heard_in(*heard))

    @contextmanager
    def saving(self) -> Iterator[sqlite3.Connection]:
        """Fill this new journal with what was saved from a damaged one, in one transaction."""
        with self._transaction():
            self._sql.execute("INSERT INTO saved VALUES (1)")
            yield self._sql

    def server_is(self, generation: str) -> bool:
        with self._transaction():
            known = self._generation()
            if known == generation:
                return False
            self._sql.execute("INSERT OR REPLACE INTO server VALUES (1, ?)", (generation,))
            if known is None:
                return False
            self._sql.execute("UPDATE epochs SET upto = kept_from - 1")
            self._sql.execute("DELETE FROM receipts")
        return True

    def receipt(self, receipt: Receipt) -> None:
        with self._transaction():
            known = self._sql.execute(
                "SELECT ordinal, upto FROM epochs WHERE epoch = ?", (receipt.epoch,)
            ).fetchone()
            if known is None or self._generation() not in (None, receipt.generation):
                return
            ordinal, before = known
            (upto,) = self._sql.execute(
                f"UPDATE epochs SET upto = max(upto, min(?, {_RELEASED})) WHERE ordinal = ? RETURNING upto",  # noqa: S608
                (receipt.upto, ordinal),
            ).fetchone()
            if upto > before:
                self._sql.execute("INSERT INTO receipts SELECT ?, ?, count(*) FROM days", (ordinal, upto))
            self._sql.executemany(
                "INSERT OR REPLACE INTO refused VALUES (?, ?, ?)",
                [(ordinal, refusal.seq, refusal.why) for refusal in receipt.refused if refusal.seq <= upto],
            )
            if isinstance(heard := receipt.heard, ClockPair):
                self._sql.execute(
                    "INSERT OR REPLACE INTO heard VALUES (?, ?, ?)",
                    (heard.boot_id, heard.boottime_ms, round(heard.utc.timestamp() * 1000)),
                )

    def go_back(self, epoch: str, upto: int) -> None:
        with self._transaction():
            self._sql.execute(
                "UPDATE epochs SET upto = max(min(upto, ?), kept_from - 1) WHERE epoch = ?", (upto, epoch)
            )
            self._sql.execute(
                "DELETE FROM receipts WHERE EXISTS"
                " (SELECT 1 FROM epochs WHERE ordinal = receipts.ordinal AND upto < receipts.upto)"
            )

    def dead_letters(self) -> Sequence[DeadLetter]:
        with self._reading():
            rows = self._sql.execute(
                "SELECT epoch, seq, why FROM refused JOIN epochs USING (ordinal) ORDER BY ordinal, seq"
            ).fetchall()
        return [DeadLetter(Ref(epoch, seq), why) for epoch, seq, why in rows]

    def forget(self, days: int, most: int) -> int:
        with self._transaction():
            old = self._sql.execute(
                "SELECT ordinal, max(receipts.upto), kept_from FROM receipts JOIN epochs USING (ordinal)"
                " WHERE (SELECT count(*) FROM days) - days > ? GROUP BY ordinal ORDER BY ordinal LIMIT 1",
                (days,),
            ).fetchone()
            if old is None:
                return 0
            ordinal, upto, kept_from = old
            last = min(upto, kept_from + most - 1)
            self._sql.execute(
                "DELETE FROM records WHERE ordinal = ? AND seq <= ?"
                " AND seq NOT IN (SELECT seq FROM refused WHERE refused.ordinal = records.ordinal)",
                (ordinal, last),
            )
            self._sql.execute("UPDATE epochs SET kept_from = ? WHERE ordinal = ?", (last + 1, ordinal))
            self._sql.execute("DELETE FROM receipts WHERE ordinal = ? AND upto <= ?", (ordinal, last))
        return int(last + 1 - kept_from)

    def waiting(self) -> Sequence[tuple[str, int]]:
        with self._reading():
            return self._sql.execute(
                f"SELECT epoch, {_RELEASED} - upto FROM epochs WHERE upto < {_RELEASED} ORDER BY ordinal"  # noqa: S608
            ).fetchall()

    def oldest_waiting(self) -> Stamp | None:
        with self._reading():
            row = self._sql.execute(
                # CROSS JOIN: epoch by epoch, so that it never runs through what is kept after its receipt.
                "SELECT body FROM epochs CROSS JOIN records USING (ordinal)"  # noqa: S608
                f" WHERE upto < next_seq - 1 AND seq > upto AND seq <= {_RELEASED}"
                " ORDER BY ordinal, seq LIMIT 1"
            ).fetchone()
        return _stamp_in(row[0]) if row else None

    def trial(self) -> None:
        with self._transaction():
            self._sql.execute("UPDATE trial SET count = count + 1")

    def close(self) -> None:
        self._sql.close()

    def _know(self, utc: datetime | None) -> None:
        if utc is not None:
            self._sql.execute("INSERT OR REPLACE INTO known_time VALUES (1, ?)", (int(utc.timestamp()),))

    def _add(self, record: ByHand | Correction | Digest, known_utc: datetime | None) -> Ref:
        seq = self._next_seq()
        self._insert(seq, msgspec.structs.replace(record, seq=seq))
        self._sql.execute("DELETE FROM open_scan")
        self._know(known_utc)
        return Ref(self._epoch, seq)

    def _next_seq(self) -> int:
        self._sql.execute("DELETE FROM unshown_hand")  # what came before the next record has its light
        (seq,) = self._sql.execute(
            "UPDATE epochs SET next_seq = next_seq + 1 WHERE ordinal = ? RETURNING next_seq - 1",
            (self._ordinal,),
        ).fetchone()
        return int(seq)

    def _generation(self) -> str | None:
        row = self._sql.execute("SELECT generation FROM server").fetchone()
        return row[0] if row else None

    def _insert(self, seq: int, record: Record) -> None:
        self._sql.execute(
            "INSERT INTO records VALUES (?, ?, ?)", (self._ordinal, seq, canonical_record(record))
        )

    def _rewrite(self, ordinal: int, scan: Scan) -> None:
        self._sql.execute(
            "UPDATE records SET body = ? WHERE ordinal = ? AND seq = ?",
            (canonical_record(scan), ordinal, scan.seq),
        )

    def _open(self, ref: Ref) -> tuple[int, Scan] | None:
        """The scan ``ref``, if it is the open one."""
        row = self._sql.execute(
            "SELECT ordinal, body FROM open_scan"
            " JOIN epochs USING (ordinal) JOIN records USING (ordinal, seq)"
            " WHERE epoch = ? AND seq = ?",
            (ref.epoch, ref.seq),
        ).fetchone()
        if row is None:
            return None
        record = _scan_in(row[1])
        return (row[0], record) if record else None

    def _left_open(self) -> OpenScan | None:
        row = self._sql.execute(
            "SELECT epoch, seq, key, body FROM open_scan JOIN epochs USING (ordinal)"
            " JOIN records USING (ordinal, seq)"
        ).fetchone()
        if row is None:
            return None
        epoch, seq, key, body = row
        record = _scan_in(body)
        if record is None or record.test:  # of a later version, before a downgrade; or it waits for nobody
            self._sql.execute("DELETE FROM open_scan")
            return None
        lets_in = record.verdict != "ask_staff"
        return OpenScan(Ref(epoch, seq), _unsigned(key), lets_in, record.shown, record.clock)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._sql.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._sql.execute("COMMIT")
            except BaseException:
                if self._sql.in_transaction:
                    self._sql.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise self._failure(error) from error

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> JournalError | JournalDamagedError:
        if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGE:
            return JournalDamagedError(self._path)
        return JournalError(
            f"{self._path} cannot be used ({error}). Is the disk full, read-only or worn out?"
        )


def _scan_in(body: bytes) -> Scan | None:
    try:
        record = decode_record(body)
    except WireError:
        return None
    return record if isinstance(record, Scan) else None


class _Stamped(msgspec.Struct, frozen=True):
    """What all records have, those of a later version too."""

    clock: Stamp


def _stamp_in(body: bytes) -> Stamp | None:
    try:
        return msgspec.json.decode(body, type=_Stamped).clock
    except msgspec.MsgspecError:
        return None


def _hand_in(epoch: str, seq: int, key: int | None) -> OpenHand:
    return OpenHand(Ref(epoch, seq), None if key is None else _unsigned(key))


def _heard_in(boot_id: str | None, boottime_ms: int | None, utc_ms: int | None) -> ClockPair | None:
    if boot_id is None or boottime_ms is None or utc_ms is None:
        return None
    utc = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=utc_ms)
    return ClockPair(boot_id=boot_id, boottime_ms=boottime_ms, utc=utc, source="server")


def _signed(key: int) -> int:
    """SQLite's integers are signed; the key's bits stay the same."""
    return key - 2**64 if key >= 2**63 else key


def _unsigned(key: int) -> int:
    return key & (2**64 - 1)


def _within(max_bytes: int, bodies: Iterator[bytes]) -> Iterator[bytes]:
    """At least one row: one that is larger than a batch is the server's to refuse."""
    total = 0
    for body in bodies:
        total += len(body) + 1
        if total > max_bytes and total > len(body) + 1:
            return
        yield body
