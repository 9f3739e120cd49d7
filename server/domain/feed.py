"""One page of the card list's change feed: as many rows as fit, and the end where they reach it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from msgspec import UNSET, UnsetType

from agent.wire.card_key import ListKey
from agent.wire.card_page import MAX_PAGE_ROWS, CardRow, checksum_text, pack
from agent.wire.messages import MAX_PAYLOAD_BYTES, CardsGet, CardsPage, CardsState, PageEnd, encode

_HEADROOM: Final = 0.97
"""Rows do not all compress alike; a second cut costs more than a few rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListState:
    """The list as a whole, read in one transaction with its rows.

    ``generation`` is the database's. The list has one of its own where its key was changed: to fill lists
    anew is no reason for kiosks to send a month of records again.
    """

    generation: str
    revision: int
    count: int
    checksum: int
    rekeyed: str | None = None
    """The list's own generation; ``None`` while the key is the first one, which all kiosks were given."""
    key: ListKey | None = None
    """``None`` until a server told the first one."""

    @property
    def list_generation(self) -> str:
        return self.rekeyed or self.generation

    @property
    def told(self) -> CardsState:
        return CardsState(revision=self.revision, generation=self.rekeyed or UNSET)


def start_of(request: CardsGet, generation: str) -> int:
    """Where the answer starts: a list of another generation is filled anew."""
    return request.since if request.generation == generation else 0


class KeyNotTaken(Exception):  # noqa: N818  (a state of the kiosk)
    """The list is under a key that this kiosk neither holds nor can be given; the text says why."""


def rows_wanted(request: CardsGet) -> int:
    return min(request.limit, MAX_PAGE_ROWS)


def page(
    state: ListState,
    since: int,
    rows: Sequence[tuple[int, CardRow]],
    limit: int,
    sealed_key: bytes | UnsetType = UNSET,
) -> CardsPage:
    """Make a page of ``rows``, all those after ``since`` by revision, up to ``limit``."""
    take = len(rows)
    while True:
        whole = take == len(rows) and _reaches(state, rows, limit)
        answer = _page(state, since, rows[:take], sealed_key, whole=whole)
        size = len(encode(answer))
        if size <= MAX_PAYLOAD_BYTES:
            return answer
        take = int(take * _HEADROOM * MAX_PAYLOAD_BYTES / size)


def _reaches(state: ListState, rows: Sequence[tuple[int, CardRow]], limit: int) -> bool:
    return len(rows) < limit or rows[-1][0] == state.revision


def _page(
    state: ListState,
    since: int,
    rows: Sequence[tuple[int, CardRow]],
    sealed_key: bytes | UnsetType,
    *,
    whole: bool,
) -> CardsPage:
    end = PageEnd(revision=state.revision, count=state.count, checksum=checksum_text(state.checksum))
    return CardsPage(
        generation=state.list_generation,
        since=since,
        upto=state.revision if whole else rows[-1][0],
        rows=pack(row.packed() for _, row in rows),
        end=end if whole else None,
        key_id=state.key.id if state.key else UNSET,
        sealed_key=sealed_key,
    )
