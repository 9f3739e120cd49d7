"""The lease: the one row that says which process takes the records in. Its rules are the domain's."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, func, select, update

from server.adapters.clock import utc_now
from server.adapters.database import Database
from server.adapters.tables import lease
from server.domain.lease import LENGTH_S, NOBODY, Lease, is_still, may_take, name_of, renewed, taken
from server.ingest_ports import TermOver

_PATIENCE: Final = f"{LENGTH_S:.0f}s"


class StoredLease:
    """The lease as one process asks for it; ``process`` is the random id of its start."""

    def __init__(self, database: Database, process: str) -> None:
        self._database = database
        self._process = process

    def take(self) -> Lease:
        """As it stands afterwards: this process's own where it could be taken.

        It is looked at first, so that one who waits does not ask for the writers' lock every time.
        """
        with self._database.reading() as connection:
            found = lease_of(connection)
            if not may_take(found, self._process, _now(connection)):
                return found
        with self._database.writing() as connection:
            found, now = _locked(connection), _now(connection)
            if may_take(found, self._process, now):
                found = taken(found, self._process, now)
                _save(connection, found)
            return found

    def give_back(self) -> None:
        """So that the next one need not wait until it runs out."""
        with self._database.writing() as connection:
            mine = lease.c.holder == self._process
            connection.execute(update(lease).where(mine).values(holder=NOBODY))


def forget_holder(database: Database) -> None:
    """For a server that knows of no other on this database: whoever held the lease has died."""
    with database.writing() as connection:
        connection.execute(update(lease).values(holder=NOBODY))


def lease_of(connection: Connection) -> Lease:
    return _lease(connection.execute(select(lease)).mappings().one())


def check(connection: Connection, mine: Lease) -> None:
    """Raises :class:`TermOver`."""
    _check(lease_of(connection), mine)


def hold(connection: Connection, mine: Lease) -> None:
    """Nobody takes the lease before this transaction ends. Raises :class:`TermOver`."""
    _check(_locked(connection), mine)


def renew(connection: Connection, mine: Lease) -> None:
    """Raises :class:`TermOver`."""
    hold(connection, mine)
    _save(connection, renewed(mine, _now(connection)))


def _check(found: Lease, mine: Lease) -> None:
    if not is_still(found, mine):
        raise TermOver(f"it is the turn of {name_of(found)}")


def _locked(connection: Connection) -> Lease:
    query = select(lease).with_for_update()
    if connection.dialect.name == "postgresql":
        # A process that is suspended in the midst of its transaction would keep the row from all others.
        query = query.add_columns(func.set_config("idle_in_transaction_session_timeout", _PATIENCE, True))
    return _lease(connection.execute(query).mappings().one())


def _now(connection: Connection) -> datetime:
    """By the one clock that all who ask share: the database's, or that of the machine a file lies on."""
    if connection.dialect.name == "postgresql":
        now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return now
    return utc_now()


def _lease(row: RowMapping) -> Lease:
    return Lease(holder=row["holder"], term=row["term"], until=row["until"])


def _save(connection: Connection, now: Lease) -> None:
    connection.execute(update(lease).values(holder=now.holder, term=now.term, until=now.until))
