"""Takes an import back: each of its cards becomes what it was, under a new revision."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, select, update

from server.adapters.card_store import CHUNK_ROWS, CardWriter
from server.adapters.card_tables import card_changes, imports
from server.adapters.database import Database
from server.adapters.stored_cards import Change, StoredCard, card_in, stored_cards
from server.adapters.tables import cards
from server.domain.history import Way
from server.domain.register import Card
from server.domain.undoing import UndoRefused, undone

_MOST: Final = 2**63 - 1
"""No database takes a larger number, not even to say that it is not there."""


class CardUndo:
    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def undo(self, import_id: int, way: Way) -> int:
        """How many cards are what they were before. Raises :class:`UndoRefused`; then nothing is changed."""
        with self._database.writing() as connection:
            writer = CardWriter(connection, self._now(), way)
            found = _the_import(connection, import_id)
            _nothing_came_after(connection, found)
            count = 0
            for chunk in _cards_of(connection, writer, found):
                before = _before(connection, writer, import_id, [stored.id for stored in chunk])
                writer.change([_change(stored, before.get(stored.id), import_id) for stored in chunk])
                count += len(chunk)
            writer.finish()
            connection.execute(update(imports).where(imports.c.id == import_id).values(undone_at=self._now()))
        return count


def _the_import(connection: Connection, import_id: int) -> Mapping[str, Any]:
    query = select(imports).where(imports.c.id == import_id)
    found = connection.execute(query).mappings().first() if 0 < import_id <= _MOST else None
    if found is None:
        raise UndoRefused("unknown", import_id)
    if found["undone_at"] is not None:
        raise UndoRefused("already", import_id)
    return dict(found)


def _nothing_came_after(connection: Connection, found: Mapping[str, Any]) -> None:
    """By the revisions, which every change moves: also one that left no word in the history."""
    still = connection.execute(
        select(func.count())
        .select_from(cards)
        .where(cards.c.revision > found["after_revision"], cards.c.revision <= found["upto_revision"])
    ).scalar_one()
    if touched := found["upto_revision"] - found["after_revision"] - still:
        raise UndoRefused("touched", found["id"], touched)


def _cards_of(
    connection: Connection, writer: CardWriter, found: Mapping[str, Any]
) -> Iterator[list[StoredCard]]:
    """By their revisions, which rise above the import's as they are written anew."""
    after, upto = found["after_revision"], found["upto_revision"]
    while chunk := stored_cards(
        connection,
        writer.names,
        cards.c.revision > after,
        cards.c.revision <= upto,
        order_by=cards.c.revision,
        limit=CHUNK_ROWS,
    ):
        after = chunk[-1].revision
        yield chunk


def _before(
    connection: Connection, writer: CardWriter, import_id: int, ids: Sequence[int]
) -> dict[int, Card]:
    rows = connection.execute(
        select(card_changes).where(
            card_changes.c.import_id == import_id,
            card_changes.c.card_id.in_(ids),
            card_changes.c.what != "undone",
        )
    ).mappings()
    return {row["card_id"]: card_in(dict(row), writer.names) for row in rows}


def _change(stored: StoredCard, before: Card | None, import_id: int) -> Change:
    card = undone(stored.card, before)
    code = None if card.status == "undone" else stored.code
    return Change(stored=stored, card=card, code=code, what="undone", import_id=import_id)
