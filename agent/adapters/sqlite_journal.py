"""Journal on SQLite: the half that writes down. Statements are the connection's own."""

import secrets
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from agent.adapters.journal_outbox import JournalOutbox
from agent.core.actions import Ref
from agent.core.moment import Moment
from agent.core.questions import with_answer
from agent.ports.journal import NO_START, LastGreen, LastRefused, LastStart, OpenHand, OpenScan, Start
from agent.wire.canonical import canonical_record
from agent.wire.messages import WireError, decode_record
from agent.wire.records import (
    LOST,
    SET_ASIDE,
    ByHand,
    Correction,
    Digest,
    Opened,
    Previous,
    Record,
    Scan,
    Shown,
)
from agent.wire.screen import About
from agent.wire.signed import signed, unsigned


class SqliteJournal(JournalOutbox):
    """Opens or makes ``path``. Raises :class:`JournalError`."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._ordinal = 0
        self._epoch = ""

    def start(self, at: Moment, serial: str, why: str, last: LastStart = NO_START) -> Start:
        epoch = secrets.token_hex(16)
        with self._transaction():
            before = self._sql.execute(
                "SELECT ordinal, epoch, next_seq FROM epochs ORDER BY ordinal DESC LIMIT 1"
            ).fetchone()
            known = before[0] if before else 0
            self._ordinal, self._epoch = max(known, last.ordinal) + 1, epoch
            # After a damaged file nobody knows what the start before wrote last.
            saved = self._sql.execute("DELETE FROM saved RETURNING one").fetchall()
            lost = known < last.ordinal and not saved
            here = Previous(epoch=before[1], last_seq=max(0, before[2] - 1)) if before else None
            # It had its opening at least.
            elsewhere = Previous(epoch=last.epoch, last_seq=0) if last.epoch else None
            follows = here if not saved else None
            after = elsewhere if last.ordinal > known and elsewhere else here
            opened = Opened(
                seq=0,
                previous=follows or "unknown",
                after=(None if follows else after) or msgspec.UNSET,
                boot_id=at.boot_id,
                serial=serial,
                why=SET_ASIDE if saved else LOST if lost else why,
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
            refused = self._last_refused()
            digested = self._sql.execute("SELECT day FROM digest").fetchone()
            seconds = self._sql.execute("SELECT seconds FROM known_time").fetchone()
            if seconds is None or (at.best_utc is not None and at.best_utc.timestamp() > seconds[0]):
                self._know(at.best_utc)  # who knows both says later which of them is right
        day = date.fromisoformat(digested[0]) if digested else None
        known_utc = datetime.fromtimestamp(seconds[0], UTC) if seconds else None
        let_in = _hand_in(*hand) if hand else None
        lit = LastGreen(Ref(green[0], green[1]), unsigned(green[2]), *green[3:]) if green else None
        return Start(epoch, self._ordinal, left_open, let_in, lit, refused, day, known_utc, lost)

    def append(self, scan: Scan, key: int, known_utc: datetime | None = None) -> Ref:
        with self._transaction():
            self._sql.execute("DELETE FROM last_green")
            seq = self._next_seq()
            self._insert(seq, msgspec.structs.replace(scan, seq=seq))
            self._sql.execute(
                "INSERT OR REPLACE INTO open_scan VALUES (1, ?, ?, ?)", (self._ordinal, seq, signed(key))
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
            if key is None or key[0] is None:
                return
            last = (ref.epoch, ref.seq, key[0], at.boot_id, at.boottime_ms)
            if shown == "green":
                self._sql.execute("INSERT OR REPLACE INTO last_green VALUES (1, ?, ?, ?, ?, ?)", last)
                self._is_in(ref)
            else:
                self._sql.execute("INSERT OR REPLACE INTO last_refused VALUES (1, ?, ?, ?, ?, ?)", last)

    def answer(self, ref: Ref, about: About, count: int) -> None:
        with self._transaction():
            if found := self._open(ref):
                ordinal, scan = found
                self._rewrite(
                    ordinal, msgspec.structs.replace(scan, party=with_answer(scan.party, about, count))
                )

    def settle(self, ref: Ref) -> None:
        with self._transaction():
            if self._open(ref):
                self._sql.execute("DELETE FROM open_scan")

    def add(
        self, record: ByHand | Correction, known_utc: datetime | None = None, key: int | None = None
    ) -> Ref:
        with self._transaction():
            self._sql.execute("DELETE FROM last_green")
            ref = self._add(record, known_utc)
            if isinstance(record, ByHand):
                kept = None if key is None else signed(key)
                if record.adopts is not None:
                    self._is_in(Ref(record.adopts.epoch, record.adopts.seq))
                self._sql.execute(
                    "INSERT INTO unshown_hand VALUES (1, ?, ?, ?)", (self._ordinal, ref.seq, kept)
                )
        return ref

    def digest(self, day: date, at: Moment) -> Ref:
        with self._transaction():
            self._sql.execute("INSERT OR REPLACE INTO digest VALUES (1, ?)", (day.isoformat(),))
            self._sql.execute("INSERT OR IGNORE INTO days VALUES (?)", (day.isoformat(),))
            return self._add(Digest(seq=0, clock=at.stamp()), at.best_utc)

    def remember(self, utc: datetime) -> None:
        with self._transaction():
            self._know(utc)

    def trial(self) -> None:
        with self._transaction():
            self._sql.execute("UPDATE trial SET count = count + 1")

    def _is_in(self, ref: Ref) -> None:
        """Nobody is let in by hand for that scan any more."""
        self._sql.execute("DELETE FROM last_refused WHERE epoch = ? AND seq = ?", (ref.epoch, ref.seq))

    def _last_refused(self) -> LastRefused | None:
        row = self._sql.execute(
            "SELECT epoch, seq, key, last_refused.boot_id, boottime_ms, body FROM last_refused"
            " JOIN epochs USING (epoch) JOIN records USING (ordinal, seq)"
        ).fetchone()
        scan = _scan_in(row[5]) if row else None
        if scan is None:
            return None
        epoch, seq, key, boot_id, boottime_ms, _ = row
        return LastRefused(Ref(epoch, seq), unsigned(key), scan.verdict != "ask_staff", boot_id, boottime_ms)

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
        return OpenScan(Ref(epoch, seq), unsigned(key), lets_in, record.shown, record.clock)


def _scan_in(body: bytes) -> Scan | None:
    try:
        record = decode_record(body)
    except WireError:
        return None
    return record if isinstance(record, Scan) else None


def _hand_in(epoch: str, seq: int, key: int | None) -> OpenHand:
    return OpenHand(Ref(epoch, seq), None if key is None else unsigned(key))
