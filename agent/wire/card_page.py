"""Rows of the card list packed for the wire: about 12 bytes a card, columns sorted and compressed."""

import hashlib
import struct
import zlib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import accumulate, starmap
from typing import Final, Literal, get_args

import msgspec

from agent.wire.messages import WireError
from agent.wire.records import CardKind

RowStatus = Literal["active", "blocked", "withdrawn", "gone"]

MAX_PAGE_ROWS: Final = 10_000
NO_BOUND: Final = 255
"""``max_children`` where the register does not know."""

_EPOCH: Final = date(2000, 1, 1)
_KINDS: Final = get_args(CardKind)
_STATUSES: Final = get_args(RowStatus)
_ROW: Final = struct.Struct(">QBHHB")
_MASK: Final = 2**64 - 1


class CardRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A card as a kiosk knows it. An erased card stays as ``gone`` with its other fields at their least."""

    key: int
    kind: CardKind
    status: RowStatus
    first_day: date
    last_day: date
    max_children: int | None = None

    def packed(self) -> tuple[int, int, int, int, int]:
        """Key, flags, first day, days after it, children: integers for disk and wire."""
        first = (self.first_day - _EPOCH).days
        return (
            self.key,
            _KINDS.index(self.kind) << 4 | _STATUSES.index(self.status),
            first,
            (self.last_day - self.first_day).days,
            NO_BOUND if self.max_children is None else self.max_children,
        )

    @classmethod
    def unpacked(cls, key: int, flags: int, first: int, length: int, children: int) -> "CardRow":
        """The inverse of :meth:`packed`; :func:`unpack` has refused flags that mean nothing here."""
        first_day = _EPOCH + timedelta(days=first)
        return cls(
            key=key,
            kind=_KINDS[flags >> 4],
            status=_STATUSES[flags & 15],
            first_day=first_day,
            last_day=first_day + timedelta(days=length),
            max_children=None if children == NO_BOUND else children,
        )


_FLAGS: Final = frozenset(
    kind << 4 | status for kind in range(len(_KINDS)) for status in range(len(_STATUSES))
)

Packed = tuple[int, int, int, int, int]
"""See :meth:`CardRow.packed`."""


def row_hash(row: Packed) -> int:
    """BLAKE2b-64 of a row. Their sum modulo 2⁶⁴ is the list's checksum, kept up row by row."""
    return int.from_bytes(hashlib.blake2b(_ROW.pack(*row), digest_size=8).digest(), "big")


def sum_of_hashes(rows: Iterable[Packed]) -> int:
    """Of all ``rows``, not yet modulo 2⁶⁴: what :func:`row_hash` gives one by one, at half the time."""
    digests = [hashlib.blake2b(row, digest_size=8).digest() for row in starmap(_ROW.pack, rows)]
    return sum(struct.unpack(f">{len(digests)}Q", b"".join(digests)))


def add_hashes(*parts: int) -> int:
    """Sum modulo 2⁶⁴; give a negative part to take a row out."""
    return sum(parts) & _MASK


def checksum_text(total: int) -> str:
    return f"{total & _MASK:016x}"


def pack(rows: Iterable[Packed]) -> bytes:
    """Pack rows in any order; a page knows nothing of the order but the revision it reaches."""
    ordered = sorted(rows)
    previous = 0
    deltas = bytearray()
    for row in ordered:
        deltas += struct.pack(">Q", row[0] - previous)
        previous = row[0]
    n = len(ordered)
    planes = b"".join(bytes(deltas[i::8]) for i in range(8))
    columns = struct.pack(
        f">{n}B{n}H{n}H{n}B",
        *(r[1] for r in ordered),
        *(r[2] for r in ordered),
        *(r[3] for r in ordered),
        *(r[4] for r in ordered),
    )
    return zlib.compress(struct.pack(">I", n) + planes + columns, 6)


def unpack(packed: bytes) -> Sequence[Packed]:
    """Take a page apart, ordered by key. Raises :class:`WireError`; never expands beyond its most rows."""
    limit = 4 + MAX_PAGE_ROWS * (_ROW.size)
    try:
        inflate = zlib.decompressobj()
        data = inflate.decompress(packed, limit + 1)
        (n,) = struct.unpack_from(">I", data)
        if len(data) > limit or not inflate.eof or len(data) != 4 + n * _ROW.size:
            raise WireError("a card page of the wrong size")
        deltas = bytearray(8 * n)
        for i in range(8):
            deltas[i::8] = data[4 + i * n : 4 + (i + 1) * n]
        fields = struct.unpack_from(f">{n}B{n}H{n}H{n}B", data, 4 + 8 * n)
        keys = list(accumulate(struct.unpack(f">{n}Q", deltas)))
    except (zlib.error, struct.error) as error:
        raise WireError("a card page that cannot be unpacked") from error
    if keys and keys[-1] > _MASK:
        raise WireError("a card page with keys over 64 bits")
    if not _FLAGS.issuperset(fields[:n]):
        raise WireError("a card page with kinds or states of a later version")
    columns = (fields[i * n : (i + 1) * n] for i in range(4))
    return list(zip(keys, *columns, strict=True))
