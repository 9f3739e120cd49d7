"""What the outbox asks of the journal: rows that wait, receipts, and what is kept after them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from agent.adapters.journal_file import JournalFile
from agent.core.actions import Ref
from agent.ports.journal import Batch, DeadLetter
from agent.wire.messages import ClockPair, Receipt
from agent.wire.records import Stamp

_RELEASED: Final = (
    "coalesce((SELECT seq FROM open_scan WHERE open_scan.ordinal = epochs.ordinal), next_seq) - 1"
)
"""The last row of an epoch that may be sent: all of it, or all before the open scan."""


class JournalOutbox(JournalFile):
    """The half of the journal that sends; see :class:`agent.ports.journal.Journal`."""

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

    def receipt(self, receipt: Receipt) -> bool:
        with self._transaction():
            known = self._sql.execute(
                "SELECT ordinal, upto FROM epochs WHERE epoch = ?", (receipt.epoch,)
            ).fetchone()
            generation = self._generation()
            if known is None or generation not in (None, receipt.generation):
                return False
            if generation is None:
                self._sql.execute("INSERT INTO server VALUES (1, ?)", (receipt.generation,))
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
        return True

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

    def _generation(self) -> str | None:
        row = self._sql.execute("SELECT generation FROM server").fetchone()
        return row[0] if row else None


class _Stamped(msgspec.Struct, frozen=True):
    """What all records have, those of a later version too."""

    clock: Stamp


def _stamp_in(body: bytes) -> Stamp | None:
    try:
        return msgspec.json.decode(body, type=_Stamped).clock
    except msgspec.MsgspecError:
        return None


def _heard_in(boot_id: str | None, boottime_ms: int | None, utc_ms: int | None) -> ClockPair | None:
    if boot_id is None or boottime_ms is None or utc_ms is None:
        return None
    utc = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=utc_ms)
    return ClockPair(boot_id=boot_id, boottime_ms=boottime_ms, utc=utc, source="server")


def _within(max_bytes: int, bodies: Iterator[bytes]) -> Iterator[bytes]:
    """At least one row: one that is larger than a batch is the server's to refuse."""
    total = 0
    for body in bodies:
        total += len(body) + 1
        if total > max_bytes and total > len(body) + 1:
            return
        yield body
