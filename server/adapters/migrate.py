"""Opens the store: brings it to this version's tables, one process at a time, and gives it its name."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, select, text

from server.adapters.clock import new_generation
from server.adapters.database import Database, database_url, insert, make_private
from server.adapters.tables import fleet_state

_LOCK = 7_312_065_401
"""Any number: PostgreSQL's advisory lock for who migrates. SQLite's write lock does the same."""


def open_database(url: str) -> Database:
    """Open and migrate. Raises :class:`~server.adapters.database.DatabaseError`."""
    where = database_url(url)
    make_private(where)
    database = Database(where)
    try:
        with database.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            command.upgrade(alembic_config(connection), "head")
            _name(connection)
    except BaseException:
        database.close()
        raise
    return database


def alembic_config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", "server:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _name(connection: Connection) -> None:
    if connection.execute(select(fleet_state.c.id)).first() is None:
        connection.execute(
            insert(connection, fleet_state).values(
                id=1,
                generation=new_generation(),
                cards_revision=0,
                cards_count=0,
                cards_checksum=0,
            )
        )
