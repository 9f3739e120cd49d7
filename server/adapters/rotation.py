"""A new list key: every card gets another hash, and the list another generation, all in one commit."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, select, update

from agent.wire.card_code import CardCode
from agent.wire.card_key import LIST_KEY_BYTES, ListKey
from agent.wire.card_page import add_hashes, row_hash
from agent.wire.signed import signed
from server.adapters.card_store import CHUNK_ROWS
from server.adapters.clock import new_generation
from server.adapters.database import Database
from server.adapters.fleet_state import locked_list_state
from server.adapters.tables import cards, fleet_state
from server.domain.register import wire_row

_READ: Final = (
    cards.c.id,
    cards.c.code,
    cards.c.kind,
    cards.c.status,
    cards.c.issued_on,
    cards.c.valid_until,
    cards.c.max_children,
)
_BY_ID: Final = update(cards).where(cards.c.id == bindparam("b_id"))
_UPDATE: Final = _BY_ID.values(key=bindparam("b_key"), row_hash=bindparam("b_row_hash"))
_DROP: Final = _BY_ID.values(key=bindparam("b_key"), row_hash=0, revision=bindparam("b_revision"))


@dataclass(frozen=True, slots=True)
class Rotated:
    key_id: str
    cards: int
    dropped: int
    """Of the list, not of the database: cards without a code, which nobody can find any more."""
    barred: int
    """Of them, those that the kiosks had to refuse. They are unlisted from now on."""


def cards_in(database: Database) -> int:
    """How many rows :func:`rotate_key` will go through."""
    with database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(cards)).scalar_one())


def rotate_key(database: Database, progress: Callable[[int], object] = lambda _: None) -> Rotated:
    """Holds the list's lock throughout; ``progress`` is told how many rows more are done.

    Revisions stay as they are: an import's undo asks for them, and in a new generation every kiosk begins
    at 0 anyway.
    """
    key = ListKey(secrets.token_bytes(LIST_KEY_BYTES))
    with database.writing() as connection:
        locked_list_state(connection)
        count = checksum = dropped = barred = 0
        for chunk in _chunks(connection):
            listed = [_listed(row, key) for row in chunk if row.code is not None]
            gone = [_dropped(row) for row in chunk if row.code is None]
            if listed:
                connection.execute(_UPDATE, listed)
            if gone:
                connection.execute(_DROP, gone)
            count, dropped = count + len(listed), dropped + len(gone)
            barred += sum(row.status == "barred" for row in chunk)
            checksum = add_hashes(checksum, *(row["b_row_hash"] for row in listed))
            progress(len(chunk))
        connection.execute(
            update(fleet_state).values(
                list_key=key.reveal(),
                list_generation=new_generation(),
                cards_count=count,
                cards_checksum=signed(checksum),
            )
        )
    return Rotated(key.id, count, dropped, barred)


def _chunks(connection: Connection) -> Iterator[Sequence[Row[*tuple[Any, ...]]]]:
    after = 0
    while True:
        rows = connection.execute(
            select(*_READ).where(cards.c.id > after).order_by(cards.c.id).limit(CHUNK_ROWS)
        ).all()
        if not rows:
            return
        after = rows[-1].id
        yield rows


def _listed(row: Row[*tuple[Any, ...]], key: ListKey) -> dict[str, int]:
    card_key = key.card_key(CardCode(row.code))
    listed = wire_row(
        card_key, row.kind, row.status, row.issued_on, row.valid_until, row.max_children
    ).packed()
    return {"b_id": row.id, "b_key": signed(card_key), "b_row_hash": signed(row_hash(listed))}


def _dropped(row: Row[*tuple[Any, ...]]) -> dict[str, int]:
    """No kiosk asks for a revision below 1. What stood for the code is forgotten, too."""
    return {"b_id": row.id, "b_key": signed(secrets.randbits(64)), "b_revision": -row.id}
