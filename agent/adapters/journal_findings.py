"""What a row of a journal is, told by its shape alone.

Which table a page belongs to stands on other pages, which may be lost.
"""

import re
from typing import Final, NamedTuple

from agent.adapters.sqlite_pages import Row
from agent.wire.messages import WireError, decode_record
from agent.wire.records import Scan

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
    """How much of what comes after it is written into it: of two versions the one with more is the later."""


class FoundStart(NamedTuple):
    """``upto`` is -1 where it is not known: what has its receipt is sent again."""

    ordinal: int
    epoch: str
    upto: int


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


Finding = FoundRecord | FoundStart | FoundName | FoundRefusal | FoundServer | FoundClock | FoundTime


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
        case Row(1, (None, str(), int(), int(), str(), int())):
            return None  # ``last_green`` names an epoch, too
        case Row(int(ordinal), (None, str(epoch), end, upto, *_)) if _is_name(ordinal, epoch):
            return FoundStart(ordinal, epoch, _receipted(end, upto))
    return None


def _is_name(ordinal: int, epoch: str) -> bool:
    return 0 < ordinal <= _MOST and _HEX.fullmatch(epoch) is not None


def _record(ordinal: int, seq: int, body: bytes) -> FoundRecord | None:
    try:
        record = decode_record(body)
    except WireError:
        return None
    if record.seq != seq:
        return None
    marks = 0
    if isinstance(record, Scan):
        marks = (record.shown is not None) + (record.party.children is not None)
    return FoundRecord(ordinal, seq, body, record.clock.boot_id, marks)


def _receipted(end: object, upto: object) -> int:
    whole = isinstance(end, int) and 0 < end <= _MOST and isinstance(upto, int) and -1 <= upto < end
    return int(upto) if whole and isinstance(upto, int) else -1
