"""Which cards a list has had as the register had them: a bit a card, for most lists repeat most cards.

An import writes no step for such a card, but its word counts: an earlier import is not undone over it.
"""

import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, select, update

from server.adapters.card_tables import card_repeats, imports

_PIECE_CARDS: Final = 1 << 16
"""By their numbers. In a list that repeats them all a piece is some tens of bytes; half of them, 8 kB."""


@dataclass(frozen=True, slots=True)
class Word:
    """That an import which found the register at ``revision`` said of a card what was so in ``columns``."""

    import_id: int
    revision: int
    columns: frozenset[str]


class Repeats:
    """As an import finds them, row by row."""

    def __init__(self) -> None:
        self._bits: defaultdict[tuple[str, int], bytearray] = defaultdict(
            lambda: bytearray(_PIECE_CARDS // 8)
        )

    def add(self, card: int, columns: Iterable[str]) -> None:
        piece, place = divmod(card, _PIECE_CARDS)
        self._bits[",".join(columns), piece][place >> 3] |= 1 << (place & 7)

    def write(self, connection: Connection, import_id: int) -> None:
        rows = [
            {"import_id": import_id, "says": says, "piece": piece, "cards": zlib.compress(bits)}
            for (says, piece), bits in self._bits.items()
        ]
        if rows:
            connection.execute(card_repeats.insert(), rows)


class LaterRepeats:
    """Of the imports that came after another one and were not undone; all in memory, a bit a card."""

    def __init__(self, connection: Connection, import_id: int) -> None:
        rows = connection.execute(
            select(card_repeats, imports.c.after_revision)
            .join(imports, imports.c.id == card_repeats.c.import_id)
            .where(card_repeats.c.import_id > import_id)
            .order_by(card_repeats.c.import_id.desc())
        )
        self._found: defaultdict[int, list[tuple[Word, bytes]]] = defaultdict(list)
        for row in rows:
            word = Word(row.import_id, row.after_revision, frozenset(row.says.split(",")))
            self._found[row.piece].append((word, zlib.decompress(row.cards)))

    def __bool__(self) -> bool:
        return bool(self._found)

    def of(self, card: int) -> Iterator[Word]:
        """The newest first."""
        piece, place = divmod(card, _PIECE_CARDS)
        for word, bits in self._found.get(piece, ()):
            if bits[place >> 3] >> (place & 7) & 1:
                yield word


def forget_import(connection: Connection, import_id: int) -> None:
    """Undone, it has said nothing."""
    connection.execute(delete(card_repeats).where(card_repeats.c.import_id == import_id))


def forget_repeats(connection: Connection, cards: Collection[int]) -> None:
    places: defaultdict[int, int] = defaultdict(int)
    for card in cards:
        places[card // _PIECE_CARDS] |= 1 << (card % _PIECE_CARDS)
    for piece, theirs in places.items():
        for row in connection.execute(select(card_repeats).where(card_repeats.c.piece == piece)).all():
            bits = int.from_bytes(zlib.decompress(row.cards), "little")
            if bits & theirs:
                _note_anew(connection, (row.import_id, row.says, piece), bits & ~theirs)


def _note_anew(connection: Connection, key: Sequence[object], bits: int) -> None:
    columns = (card_repeats.c.import_id, card_repeats.c.says, card_repeats.c.piece)
    this = [column == value for column, value in zip(columns, key, strict=True)]
    if bits:
        kept = zlib.compress(bits.to_bytes(_PIECE_CARDS // 8, "little"))
        connection.execute(update(card_repeats).where(*this).values(cards=kept))
    else:
        connection.execute(delete(card_repeats).where(*this))
