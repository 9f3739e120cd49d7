"""Journal in memory: the same promises but for the power cut. Can be told that the disk is broken."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec

from agent.core.actions import Ref
from agent.core.moment import Moment
from agent.core.questions import with_answer
from agent.ports.journal import (
    NO_START,
    Batch,
    DeadLetter,
    JournalError,
    LastGreen,
    LastRefused,
    LastStart,
    OpenHand,
    OpenScan,
    Start,
)
from agent.wire.canonical import canonical_record
from agent.wire.messages import ClockPair, Receipt
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
from agent.wire.screen import About


@dataclass
class _Epoch:
    name: str
    boot_id: str
    records: list[Record] = field(default_factory=list)
    upto: int = -1
    refused: dict[int, str] = field(default_factory=dict)
    kept_from: int = 0
    receipts: dict[int, int] = field(default_factory=dict)
    """How many days had begun when the receipt of all to here came."""

    @property
    def last(self) -> int:
        return len(self.records) - 1


@dataclass
class _OpenRow:
    epoch: _Epoch
    seq: int
    key: int


class MemoryJournal:
    def __init__(self) -> None:
        self._epochs: list[_Epoch] = []
        self._ordinal = 0
        self._open: _OpenRow | None = None
        self._generation: str | None = None
        self._digested: date | None = None
        self._days: set[date] = set()
        self._known_utc: datetime | None = None
        self._hand: OpenHand | None = None
        self._green: LastGreen | None = None
        self._refused: LastRefused | None = None
        self._heard: dict[str, ClockPair] = {}
        self.broken = False
        """Every write fails while this is set."""
        self.forgotten = 0

    def start(self, at: Moment, serial: str, why: str, last: LastStart = NO_START) -> Start:
        self._check()
        before = self._epochs[-1] if self._epochs else None
        lost = self._ordinal < last.ordinal
        self._ordinal = max(self._ordinal, last.ordinal) + 1
        elsewhere = Previous(epoch=last.epoch, last_seq=0) if last.epoch and not before else None
        epoch = _Epoch(secrets.token_hex(16), at.boot_id)
        epoch.records.append(
            Opened(
                seq=0,
                previous=Previous(epoch=before.name, last_seq=before.last) if before else "unknown",
                after=elsewhere or msgspec.UNSET,
                boot_id=at.boot_id,
                serial=serial,
                why="journal lost" if lost else why,
                clock=at.stamp(),
            )
        )
        self._epochs.append(epoch)
        known_utc = self._known_utc
        self._known_utc = max((utc for utc in (known_utc, at.best_utc) if utc is not None), default=None)
        hand, self._hand = self._hand, None
        return Start(
            epoch.name,
            self._ordinal,
            self._left_open(),
            hand,
            self._green,
            self._refused,
            self._digested,
            known_utc,
            lost,
        )

    def append(self, scan: Scan, key: int, known_utc: datetime | None = None) -> Ref:
        self._check()
        self._known_utc = known_utc or self._known_utc
        epoch = self._epochs[-1]
        seq = epoch.last + 1
        epoch.records.append(msgspec.structs.replace(scan, seq=seq))
        self._hand = self._green = None
        self._open = _OpenRow(epoch, seq, key)
        return Ref(epoch.name, seq)

    def mark_shown(self, ref: Ref, shown: Shown, at: Moment) -> None:
        self._check()
        key, lets_in = None, True
        if self._hand is not None and ref == self._hand.ref:
            key, self._hand = self._hand.key, None
        if (row := self._is_open(ref)) and isinstance(scan := row.epoch.records[row.seq], Scan):
            row.epoch.records[row.seq] = msgspec.structs.replace(scan, shown=shown)
            key, lets_in = row.key, scan.verdict != "ask_staff"
        if shown == "green" and key is not None:
            self._green = LastGreen(ref, key, at.boot_id, at.boottime_ms)
            self._is_in(ref)
        elif key is not None:
            self._refused = LastRefused(ref, key, lets_in, at.boot_id, at.boottime_ms)

    def answer(self, ref: Ref, about: About, count: int) -> None:
        self._check()
        if (row := self._is_open(ref)) and isinstance(scan := row.epoch.records[row.seq], Scan):
            party = with_answer(scan.party, about, count)
            row.epoch.records[row.seq] = msgspec.structs.replace(scan, party=party)

    def settle(self, ref: Ref) -> None:
        self._check()
        if self._is_open(ref):
            self._open = None

    def add(
        self, record: ByHand | Correction, known_utc: datetime | None = None, key: int | None = None
    ) -> Ref:
        self._check()
        self._green = None
        ref = self._add(record, known_utc)
        if isinstance(record, ByHand):
            self._hand = OpenHand(ref, key)
            if record.adopts is not None:
                self._is_in(Ref(record.adopts.epoch, record.adopts.seq))
        return ref

    def digest(self, day: date, at: Moment) -> Ref:
        self._check()
        self._digested = day
        self._days.add(day)
        return self._add(Digest(seq=0, clock=at.stamp()), at.best_utc)

    def _add(self, record: ByHand | Correction | Digest, known_utc: datetime | None) -> Ref:
        epoch = self._epochs[-1]
        epoch.records.append(msgspec.structs.replace(record, seq=epoch.last + 1))
        self._open = None
        self._known_utc = known_utc or self._known_utc
        self._hand = None
        return Ref(epoch.name, epoch.last)

    def batch(self, max_rows: int, max_bytes: int) -> Batch | None:
        epoch = next((epoch for epoch in self._epochs if epoch.upto < epoch.last), None)
        if epoch is None:
            return None
        rows: list[bytes] = []
        for record in epoch.records[epoch.upto + 1 : min(self._released(epoch), epoch.upto + max_rows) + 1]:
            body = canonical_record(record)
            if rows and sum(len(row) + 1 for row in rows) + len(body) + 1 > max_bytes:
                break
            rows.append(body)
        heard = self._heard.get(epoch.boot_id)
        return Batch(epoch.name, epoch.upto + 1, tuple(rows), epoch.kept_from, heard) if rows else None

    def server_is(self, generation: str) -> bool:
        self._check()
        before, self._generation = self._generation, generation
        if before in (None, generation):
            return False
        for epoch in self._epochs:
            epoch.upto = epoch.kept_from - 1
            epoch.receipts.clear()
        return True

    def receipt(self, receipt: Receipt) -> bool:
        self._check()
        known = next((epoch for epoch in self._epochs if epoch.name == receipt.epoch), None)
        if known is None or self._generation not in (None, receipt.generation):
            return False
        self._generation = receipt.generation
        before = known.upto
        known.upto = max(known.upto, min(receipt.upto, self._released(known)))
        if known.upto > before:
            known.receipts[known.upto] = len(self._days)
        known.refused |= {r.seq: r.why for r in receipt.refused if r.seq <= known.upto}
        if isinstance(receipt.heard, ClockPair):
            self._heard[receipt.heard.boot_id] = receipt.heard
        return True

    def go_back(self, epoch: str, upto: int) -> None:
        self._check()
        for known in self._epochs:
            if known.name == epoch:
                known.upto = max(min(known.upto, upto), known.kept_from - 1)
                known.receipts = {end: days for end, days in known.receipts.items() if end <= known.upto}

    def dead_letters(self) -> Sequence[DeadLetter]:
        return [
            DeadLetter(Ref(epoch.name, seq), why)
            for epoch in self._epochs
            for seq, why in sorted(epoch.refused.items())
        ]

    def forget(self, days: int, most: int) -> int:
        self._check()
        for epoch in self._epochs:
            old = [upto for upto, began in epoch.receipts.items() if len(self._days) - began > days]
            if old:
                kept_from = epoch.kept_from
                epoch.kept_from = min(max(old) + 1, kept_from + most)
                epoch.receipts = {u: began for u, began in epoch.receipts.items() if u >= epoch.kept_from}
                self.forgotten += epoch.kept_from - kept_from
                return epoch.kept_from - kept_from
        return 0

    def waiting(self) -> Sequence[tuple[str, int]]:
        rows = [(epoch.name, self._released(epoch) - epoch.upto) for epoch in self._epochs]
        return [(name, count) for name, count in rows if count > 0]

    def oldest_waiting(self) -> Stamp | None:
        epoch = next((epoch for epoch in self._epochs if epoch.upto < self._released(epoch)), None)
        return epoch.records[epoch.upto + 1].clock if epoch else None

    def remember(self, utc: datetime) -> None:
        self._known_utc = utc

    def trial(self) -> None:
        self._check()

    def close(self) -> None:
        pass

    def records(self) -> list[Record]:
        """All there is, oldest first; for tests."""
        return [record for epoch in self._epochs for record in epoch.records]

    def _released(self, epoch: _Epoch) -> int:
        """The last row of ``epoch`` that may be sent."""
        return self._open.seq - 1 if self._open and self._open.epoch is epoch else epoch.last

    def _is_in(self, ref: Ref) -> None:
        if self._refused is not None and self._refused.ref == ref:
            self._refused = None

    def _check(self) -> None:
        if self.broken:
            raise JournalError("the simulated disk is full")

    def _is_open(self, ref: Ref) -> _OpenRow | None:
        row = self._open
        return row if row is not None and (row.epoch.name, row.seq) == (ref.epoch, ref.seq) else None

    def _left_open(self) -> OpenScan | None:
        if self._open is None:
            return None
        scan = self._open.epoch.records[self._open.seq]
        if not isinstance(scan, Scan) or scan.test:
            return None
        ref = Ref(self._open.epoch.name, self._open.seq)
        return OpenScan(ref, self._open.key, scan.verdict != "ask_staff", scan.shown, scan.clock)
