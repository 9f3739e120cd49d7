"""CardList: the cards a kiosk knows. May be deleted at any time and is filled anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from agent.told import ToldError
from agent.wire.card_key import ListKey
from agent.wire.card_page import CardRow, Packed

Table = Literal["live", "fill"]
"""``live`` answers; ``fill`` is a whole list on its way in, beside it."""


class CardListError(ToldError):
    """The file cannot be read or written. It holds nothing that the server does not have."""


class CardListDamagedError(CardListError):
    """What is in the file is not what was put in: only :meth:`CardList.renew` mends it."""


@dataclass(frozen=True, slots=True)
class ListHead:
    """How far a table has come, with the count and the checksum of all its rows.

    ``key`` is the list key of its rows; ``None`` is the one that the kiosk was enrolled with.
    ``confirmed`` is when a last page of the server last agreed with it, where the time was known.
    """

    generation: str
    revision: int
    count: int
    checksum: int
    confirmed: datetime | None = None
    key: ListKey | None = None


class CardList(Protocol):
    @property
    def lost(self) -> bool:
        """Whether a list was here, failed, and has not been filled again: nobody is "not on it" now."""
        ...

    def find(self, key: int) -> CardRow | None:
        """Look a card up; called on the scan path. Raises :class:`CardListError`."""
        ...

    def answering_key(self) -> ListKey | None:
        """The key of the list that answers now; called on the scan path, after a card was not found.

        ``None``: the one the kiosk was enrolled with.
        """
        ...

    def head(self, table: Table) -> ListHead | None:
        """``None`` where that table was never begun."""
        ...

    def begin_fill(self, generation: str, key: ListKey | None = None) -> None:
        """Begin ``fill`` anew, empty, at revision 0, with the key of the rows to come."""
        ...

    def apply(self, table: Table, rows: Sequence[Packed], upto: int) -> ListHead:
        """Put rows in by key and move the head to ``upto``, in one transaction."""
        ...

    def swap(self) -> None:
        """``fill`` becomes ``live`` with its key; the old one is gone, and nothing is ``lost`` any more."""
        ...

    def confirm(self, at: datetime) -> None:
        """Note that ``live`` was the server's own list ``at`` this time (whole seconds are enough)."""
        ...

    def check(self, rows: int) -> bool:
        """Add up the next ``rows`` of ``live``; at their end, whether they are those that were put in.

        Changes in between are no difference; a swap begins the sum anew.
        """
        ...

    def renew(self) -> None:
        """Delete everything and begin anew, empty and ``lost``: the server has all of it."""
        ...

    def close(self) -> None: ...
