"""Pages of the card list, cut into slices that are written one by one.

Keys are spread evenly over 64 bits. A page of them touches nearly every leaf of a large table, so that a
list of a million written page by page wrote 3.7 GB; many pages together, each slice with the keys of a
narrow range, wrote a seventh of that.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from agent.wire.card_page import Packed

SLICE_ROWS: Final = 1000
"""Written in a few milliseconds: a card that is held up waits behind no more."""
_KEYS: Final = 2**64


def slices_of(pages: Sequence[Sequence[Packed]]) -> int:
    """How many slices to cut; at least one, for a page without rows has its revision."""
    return max(1, -(-sum(map(len, pages)) // SLICE_ROWS))


def slice_of(pages: Sequence[Sequence[Packed]], number: int, count: int) -> list[Packed]:
    """The ``number``-th of ``count`` slices, by key. Each page is ordered by key; a later page's row wins."""
    first, end = (_KEYS * number // count,), (_KEYS * (number + 1) // count,)
    found: dict[int, Packed] = {}
    for page in pages:
        rows = page[bisect_left(page, first) : bisect_left(page, end)]
        found.update((row[0], row) for row in rows)
    return sorted(found.values())
