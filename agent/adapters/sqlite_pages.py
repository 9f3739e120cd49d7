"""The rows on one page of an SQLite file, by the documented file format alone: no header, schema or tree.

So whatever became of the other pages, what stands on this one can be read. Pure: bytes to rows.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

PAGE: Final = 4096
"""What a journal is made with."""

_INDEX_NODE, _INDEX_LEAF, _TABLE_LEAF = 0x02, 0x0A, 0x0D
_CELLS_FROM: Final = {_INDEX_NODE: 12, _INDEX_LEAF: 8, _TABLE_LEAF: 8}
"""Where the list of cells begins. Nodes of a table hold no rows; those of an index, and of a table
WITHOUT ROWID, do."""
_CHILD: Final = 4
_MOST_HERE: Final = {_TABLE_LEAF: PAGE - 35}
_MOST_HERE_OF_INDEX: Final = (PAGE - 12) * 64 // 255 - 23
_LEAST_HERE: Final = (PAGE - 12) * 32 // 255 - 23
_LONGEST: Final = 1 << 17
"""Bytes of a row, of which a damaged page may claim any number."""
_INTEGERS: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_WITHOUT_BYTES: Final = {0: None, 8: 0, 9: 1}
_BYTES: Final = 12
"""Kinds from here on are bytes (even) and texts (odd) of any length. Fractions are nothing of ours."""
_GOES_ON: Final = 0x80

Value = int | str | bytes | None


class Row(NamedTuple):
    rowid: int | None
    """``None`` of an index, and of a table WITHOUT ROWID, whose columns begin with its key."""
    values: tuple[Value, ...]


def rows_on(page: bytes, other: Callable[[int], bytes]) -> Iterator[Row]:
    """What can be read; ``other`` gives the pages by number on which long rows go on.

    A cell that makes no sense costs itself alone. Only cells that the page lists are read, so nothing that
    was deleted from it comes back.
    """
    kind = page[0] if page else 0
    if kind not in _CELLS_FROM:
        return
    begin = _CELLS_FROM[kind]
    end = min(begin + 2 * int.from_bytes(page[3:5], "big"), len(page) - 1)
    for at in range(begin, end, 2):
        try:
            yield _row(page, int.from_bytes(page[at : at + 2], "big"), kind, other)
        except (IndexError, ValueError):
            continue


def _row(page: bytes, at: int, kind: int, other: Callable[[int], bytes]) -> Row:
    size, at = _varint(page, at + _CHILD if kind == _INDEX_NODE else at)
    rowid = None
    if kind == _TABLE_LEAF:
        rowid, at = _varint(page, at)
    if size > _LONGEST:
        raise ValueError
    most = _MOST_HERE.get(kind, _MOST_HERE_OF_INDEX)
    return Row(rowid, tuple(_values(_payload(page, at, size, most, other))))


def _payload(page: bytes, at: int, size: int, most: int, other: Callable[[int], bytes]) -> bytes:
    here = size
    if size > most:
        here = _LEAST_HERE + (size - _LEAST_HERE) % (PAGE - 4)
        here = here if here <= most else _LEAST_HERE
    payload = page[at : at + here]
    link = page[at + here : at + here + 4]
    while len(payload) < size and len(payload) >= here:
        more = other(int.from_bytes(link, "big"))
        link, payload = more[:4], payload + more[4 : 4 + size - len(payload)]
        if len(more) < PAGE:
            break
    if len(payload) != size:
        raise ValueError
    return payload


def _values(payload: bytes) -> Iterator[Value]:
    head, at = _varint(payload, 0)
    data = head
    while at < head:
        kind, at = _varint(payload, at)
        if kind in _WITHOUT_BYTES:
            yield _WITHOUT_BYTES[kind]
            continue
        length = _INTEGERS[kind] if kind in _INTEGERS else (kind - _BYTES) // 2
        value = payload[data : data + length]
        if len(value) != length:  # kinds that are nothing of ours would have one below 0
            raise ValueError
        data += length
        if kind in _INTEGERS:
            yield int.from_bytes(value, "big", signed=True)
        else:
            yield value.decode() if kind % 2 else value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """The number at ``at``, and where it ends."""
    value = 0
    for here in range(at, at + 8):
        byte = data[here]
        value = value << 7 | byte & 0x7F
        if byte < _GOES_ON:
            return value, here + 1
    return value << 8 | data[at + 8], at + 9
