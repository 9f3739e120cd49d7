"""A kiosk as the server meets it: makes batches, holds no state of its own."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
from nacl.public import PrivateKey

from agent.wire.canonical import canonical_record
from agent.wire.card_code import CardCode
from agent.wire.card_key import ListKey
from agent.wire.messages import ClockPair, Records
from agent.wire.records import (
    ByHand,
    Correction,
    Digest,
    ListState,
    Opened,
    Party,
    Previous,
    Record,
    RecordName,
    Scan,
    Shown,
    Stamp,
    Verdict,
)
from agent.wire.sealing import opener, seal

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
"""What a calendar says that was never set."""
SEALING = PrivateKey(bytes(range(32)))
LIST_KEY = ListKey(bytes(32))
KIOSK = "k-aaaaaaaaaa"
BOOT = "boot-1"


open_code = opener(bytes(SEALING))


def sealed(code: str) -> str:
    return seal(CardCode(code), bytes(SEALING.public_key))


SEALED = sealed("A999123453")


BOOTED = NOW - timedelta(days=300)


def stopwatch(at: datetime) -> int:
    return max(0, round((at - BOOTED).total_seconds() * 1000))


def stamp(at: datetime, *, synced: bool = True, boot: str = BOOT, boottime_ms: int | None = None) -> Stamp:
    """Stopwatch and calendar agree, if nothing else is said."""
    ms = stopwatch(at) if boottime_ms is None else boottime_ms
    return Stamp(boot_id=boot, boottime_ms=ms, wall_utc=at, synced=synced)


def scan(  # noqa: PLR0913  (a test names what it is about)
    seq: int,
    *,
    venue: str = "v-uimahalli",
    at: datetime = NOW,
    verdict: Verdict = "accepted",
    children: int | None = 0,
    code_sealed: str = SEALED,
    test: bool = False,
    clock: Stamp | None = None,
    adults: int = 1,
    shown: Shown | None = "green",
) -> Scan:
    return Scan(
        seq=seq,
        verdict=verdict,
        reason="listed",
        shown=shown,
        code_sealed=code_sealed,
        symbology="qr",
        card_kind="personal" if verdict == "accepted" else None,
        test=test,
        party=Party(adults=adults, children=children),
        venue=venue,
        clock=clock or stamp(at),
        judged_by_date="2026-11-24",
        list=ListState(revision=1, age_s=1),
    )


def refused(seq: int, *, code_sealed: str = SEALED, at: datetime = NOW) -> Scan:
    """A scan that sent its visitor to the staff."""
    return scan(seq, verdict="ask_staff", shown="staff", code_sealed=code_sealed, at=at)


def by_hand(
    seq: int,
    adopts: int | None = None,
    *,
    number: int = 1,
    children: int | None = 0,
    at: datetime = NOW,
    venue: str = "v-uimahalli",
) -> ByHand:
    """Somebody let in, who had shown the card of record ``adopts`` of epoch ``number``."""
    return ByHand(
        seq=seq,
        adopts=RecordName(epoch=epoch(number), seq=adopts) if adopts is not None else None,
        party=Party(children=children),
        reason="button",
        venue=venue,
        clock=stamp(at),
    )


def correction(seq: int, of: int, party: Party | None, *, number: int = 1) -> Correction:
    """Of record ``of`` of epoch ``number``; ``None`` is nobody."""
    name = RecordName(epoch=epoch(number), seq=of)
    return Correction(seq=seq, of=name, party=party or "void", why="taken back", clock=stamp(NOW))


def opened(at: datetime = NOW) -> Opened:
    return Opened(seq=0, previous="unknown", boot_id=BOOT, serial="0", why="start", clock=stamp(at))


def follows(number: int, last_seq: int, at: datetime = NOW) -> Opened:
    """The opening of a start after epoch ``number``."""
    return msgspec.structs.replace(opened(at), previous=Previous(epoch=epoch(number), last_seq=last_seq))


def digest(seq: int, at: datetime, *, synced: bool = True) -> Digest:
    return Digest(seq=seq, clock=stamp(at, synced=synced))


def pair(
    at: datetime = NOW, *, boot: str = BOOT, boottime_ms: int | None = None, synced: bool = True
) -> ClockPair:
    ms = stopwatch(at) if boottime_ms is None else boottime_ms
    return ClockPair(boot_id=boot, boottime_ms=ms, utc=at, source="ntp" if synced else "none")


def epoch(number: int) -> str:
    return f"{number:032x}"


def batch(
    rows: Sequence[Record | bytes],
    *,
    number: int = 1,
    first: int | None = None,
    clock: ClockPair | None = None,
) -> Records:
    """Rows of one epoch; bytes are what a broken kiosk may send in the place of a record."""
    start = first if first is not None else next(r.seq for r in rows if not isinstance(r, bytes))
    raw = tuple(msgspec.Raw(r if isinstance(r, bytes) else canonical_record(r)) for r in rows)
    return Records(epoch=epoch(number), first=start, clock=clock or pair(), rows=raw)


@dataclass
class Tick:
    """A clock that a test moves."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def not_sealed(text: bytes) -> str:
    return base64.b64encode(text).decode()
