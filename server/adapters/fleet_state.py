"""The fleet's one row: the database's name and the card list as a whole."""

from sqlalchemy import Connection, select, update

from agent.wire.card_key import ListKey
from agent.wire.card_page import add_hashes
from agent.wire.signed import signed, unsigned
from server.adapters.database import Database
from server.adapters.tables import fleet_state
from server.domain.feed import ListState


def list_state_of(connection: Connection) -> ListState:
    return _read(connection, lock=False)


def locked_list_state(connection: Connection) -> ListState:
    """Revisions are allotted under this lock; it lasts until the commit, so they become visible in order."""
    return _read(connection, lock=True)


def _read(connection: Connection, *, lock: bool) -> ListState:
    query = select(fleet_state)
    row = connection.execute(query.with_for_update() if lock else query).mappings().one()
    return ListState(
        generation=row["generation"],
        revision=row["cards_revision"],
        count=row["cards_count"],
        checksum=unsigned(row["cards_checksum"]),
        rekeyed=row["list_generation"],
        key=None if row["list_key"] is None else ListKey(row["list_key"]),
    )


def save_list_state(connection: Connection, state: ListState) -> None:
    connection.execute(
        update(fleet_state).values(
            cards_revision=state.revision,
            cards_count=state.count,
            cards_checksum=signed(add_hashes(state.checksum)),
        )
    )


def key_in_force(connection: Connection, first: ListKey) -> ListKey:
    """The key that the cards are listed under: ``first``, of the fleet's folder, until it is changed."""
    return list_state_of(connection).key or first


def tell_first_key(database: Database, first: ListKey) -> None:
    """Have the database name the key that its kiosks were given, unless it names one already."""
    with database.writing() as connection:
        connection.execute(
            update(fleet_state).where(fleet_state.c.list_key.is_(None)).values(list_key=first.reveal())
        )
