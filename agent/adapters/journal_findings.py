"""What a row of a journal is, told by its shape and by the rows beside it.

Which table a page belongs to stands on other pages, which may be lost.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import msgspec

from agent.adapters.sqlite_pages import Row, Value
from agent.wire.messages import WireError, decode_record
from agent.wire.records import Record, Scan, Seq, Stamp

_HEX: Final = re.compile("[0-9a-f]{32}")
_MOST: Final = 2**53
"""More rows than any start has."""
_TIMES_S: Final = range(1_577_836_800, 253_402_300_800)
"""2020 to 9999: a kiosk knows no earlier time, and has not tried its disk so often."""


class FoundRecord(NamedTuple):
    ordinal: int
    seq: int
    body: bytes
    boot_id: str
    marks: int
    """How much of what comes after it is written into it: of two versions the one with more is the later.

    -1 of what this version cannot read.
    """


class FoundUnreadable(NamedTuple):
    """It stands where a record stands, and its bytes are none."""

    ordinal: int
    seq: int
    body: bytes


class FoundStart(NamedTuple):
    """``upto`` is -1 where it is not known: what has its receipt is sent again. ``next_seq`` is 0 then."""

    ordinal: int
    epoch: str
    upto: int
    next_seq: int = 0


class FoundName(NamedTuple):
    """The same start in the index of its table, which is another page."""

    ordinal: int
    epoch: str


class FoundRefusal(NamedTuple):
    ordinal: int
    seq: int
    why: str


class FoundServer(NamedTuple):
    generation: str


class FoundClock(NamedTuple):
    boot_id: str
    boottime_ms: int
    utc_ms: int


class FoundTime(NamedTuple):
    seconds: int


class FoundWaiting(NamedTuple):
    """A row of ``open_scan`` or of ``unshown_hand``: which of them, the record that it names says."""

    ordinal: int
    seq: int
    key: int | None


class FoundLight(NamedTuple):
    """A row of ``last_green`` or of ``last_refused``: which of them, the record that it names says."""

    epoch: str
    seq: int
    key: int
    boot_id: str
    boottime_ms: int


Finding = (
    FoundRecord
    | FoundUnreadable
    | FoundStart
    | FoundName
    | FoundRefusal
    | FoundServer
    | FoundClock
    | FoundTime
    | FoundWaiting
    | FoundLight
)


class _OfALaterVersion(msgspec.Struct, frozen=True):
    """What all records have, those that this version does not know too."""

    seq: Seq
    clock: Stamp


def findings(page: Iterable[Row]) -> Iterator[Finding]:
    """What the rows of one page are, in the page's order."""
    rows = tuple(page)
    for at, row in enumerate(rows):
        found = finding(row) or _unreadable(row, rows[max(at - 1, 0) : at + 2])
        if found:
            yield found


def finding(row: Row) -> Finding | None:  # noqa: PLR0911  (one a shape)
    match row:
        case Row(None, (int(ordinal), int(seq), bytes(body))) if 0 < ordinal <= _MOST:
            return _record(ordinal, seq, body)
        case Row(None, (int(ordinal), int(seq), str(why))):
            return FoundRefusal(ordinal, seq, why)
        case Row(None, (str(epoch), int(ordinal))) if _is_name(ordinal, epoch):
            return FoundName(ordinal, epoch)
        case Row(None, (str(boot_id), int(boottime_ms), int(utc_ms))) if utc_ms // 1000 in _TIMES_S:
            return FoundClock(boot_id, boottime_ms, utc_ms)
        case Row(1, (None, str(generation))) if _HEX.fullmatch(generation):
            return FoundServer(generation)
        case Row(1, (None, int(seconds))) if seconds in _TIMES_S:
            return FoundTime(seconds)
        case Row(1, (None, int(ordinal), int(seq), *key)) if 0 < ordinal <= _MOST:
            return _waiting(ordinal, seq, key)
        case Row(1, (None, str(epoch), int(seq), int(key), str(boot_id), int(boottime_ms))):
            return FoundLight(epoch, seq, key, boot_id, boottime_ms)
        case Row(int(ordinal), (None, str(epoch), end, upto, *_)) if _is_name(ordinal, epoch):
            return FoundStart(ordinal, epoch, *_until(end, upto))
    return None


def record_in(body: bytes) -> Record | None:
    try:
        return decode_record(body)
    except WireError:
        return None


def _is_name(ordinal: int, epoch: str) -> bool:
    return 0 < ordinal <= _MOST and _HEX.fullmatch(epoch) is not None


def _unreadable(row: Row, around: tuple[Row, ...]) -> FoundUnreadable | None:
    """Rows stand in the order of their names: one that does not fit in is not the one that it says."""
    names = [_name_in(one) for one in around]
    if any(one is None or two is None or one >= two for one, two in pairwise(names)):
        return None
    match row:
        case Row(None, (int(ordinal), int(seq), bytes(body))) if 0 < ordinal <= _MOST:
            return FoundUnreadable(ordinal, seq, body)
    return None


def _name_in(row: Row) -> tuple[int, int] | None:
    """Of a record: rows of no other table have two numbers and bytes."""
    match row:
        case Row(None, (int(ordinal), int(seq), bytes())):
            return ordinal, seq
    return None


def _record(ordinal: int, seq: int, body: bytes) -> FoundRecord | None:
    record = record_in(body) or _of_a_later_version(body)
    if record is None or record.seq != seq:
        return None
    marks = 0
    if isinstance(record, Scan):
        marks = (record.shown is not None) + (record.party.children is not None)
    elif isinstance(record, _OfALaterVersion):
        marks = -1
    return FoundRecord(ordinal, seq, body, record.clock.boot_id, marks)


def _of_a_later_version(body: bytes) -> _OfALaterVersion | None:
    try:
        return msgspec.json.decode(body, type=_OfALaterVersion)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _waiting(ordinal: int, seq: int, rest: list[Value]) -> FoundWaiting | None:
    match rest:
        case [] | [None]:
            return FoundWaiting(ordinal, seq, None)
        case [int(key)]:
            return FoundWaiting(ordinal, seq, key)
    return None


def _until(end: object, upto: object) -> tuple[int, int]:
    if isinstance(end, int) and 0 < end <= _MOST and isinstance(upto, int) and -1 <= upto < end:
        return upto, end
    return -1, 0
