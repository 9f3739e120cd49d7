"""The years' keys: made when first needed, and destroyed when their year is locked."""

import secrets
from contextlib import closing
from datetime import date
from typing import Final

from sqlalchemy import Column, ColumnElement, Connection, func, select, text

from server.adapters.database import Database, insert
from server.adapters.keeping_tables import earlier_issues, years
from server.adapters.record_tables import rollups, visits
from server.adapters.tables import cards
from server.domain.bearers import Bearer
from server.domain.keeping import KEY_BYTES, YearKept, pseudonym

CODED: Final = visits.c.code.is_not(None)
_REPLACED: Final = visits.c.pseudonym.is_not(None)


class YearKeys:
    """As one transaction finds them; it holds the visits' lock."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        rows = connection.execute(select(years.c.year, years.c.key, years.c.locked_at))
        self._keys: dict[int, bytes | None] = {
            year: None if locked_at else key for year, key, locked_at in rows
        }

    def is_locked(self, year: int) -> bool:
        return year in self._keys and self._keys[year] is None

    def key(self, year: int) -> bytes | None:
        """``None`` where the year has none, or none any more."""
        return self._keys.get(year)

    def pseudonym(self, year: int, who: bytes) -> bytes | None:
        """``None`` in a year that is locked: nobody can tell any more who it was, nor shall anybody."""
        if year not in self._keys:
            self._keys[year] = self._made(year)
        key = self._keys[year]
        return None if key is None else pseudonym(key, who)

    def without_code(self, bearer: Bearer, year: int, who: bytes) -> Bearer:
        """What stays of a card once its code goes."""
        return Bearer(
            pseudonym=self.pseudonym(year, who),
            distributor=bearer.distributor,
            issued_year=bearer.issued_year if bearer.issued_year == year else None,
            kind=bearer.kind,
            unlisted=bearer.unlisted,
        )

    def _made(self, year: int) -> bytes | None:
        new = insert(self._connection, years).values(year=year, key=secrets.token_bytes(KEY_BYTES))
        self._connection.execute(new.on_conflict_do_nothing())
        found: bytes | None = self._connection.scalar(select(years.c.key).where(years.c.year == year))
        return found


def years_in(connection: Connection) -> list[YearKept]:
    """The newest first. It costs an index of the visits, and not the visits."""
    known = connection.execute(select(years.c.year, years.c.locked_at))
    locked = {row[0]: row[1] for row in known}
    return [
        YearKept(
            year=year,
            with_code=_count(connection, year, CODED),
            with_pseudonym=_count(connection, year, _REPLACED),
            locked_at=locked.get(year),
        )
        for year in sorted(_of_visits(connection) | locked.keys(), reverse=True)
    ]


def years_of_figures(connection: Connection) -> list[int]:
    """With visits, or with cards that were issued, and locked ones; the newest first."""
    issued = _met(connection, cards.c.issued_on) | _met(connection, earlier_issues.c.issued_on)
    locked = set(connection.scalars(select(years.c.year).where(years.c.locked_at.is_not(None))))
    return sorted(_of_visits(connection) | issued | locked, reverse=True)


def _of_visits(connection: Connection) -> set[int]:
    """What counts is in the totals; what does not has its code, or its pseudonym."""
    coded, replaced = (_met(connection, visits.c.day, which) for which in (CODED, _REPLACED))
    return _met(connection, rollups.c.day) | coded | replaced


def _met(connection: Connection, day: Column[date], *where: ColumnElement[bool]) -> set[int]:
    """The years of a column: its index is asked once for each."""
    found: set[int] = set()
    first = connection.scalar(select(func.min(day)).where(*where))
    while first is not None:
        found.add(first.year)
        later = day > date(first.year, 12, 31)
        first = connection.scalar(select(func.min(day)).where(later, *where))
    return found


def _count(connection: Connection, year: int, which: ColumnElement[bool]) -> int:
    within = visits.c.day.between(date(year, 1, 1), date(year, 12, 31))
    return connection.execute(select(func.count()).select_from(visits).where(which, within)).scalar_one()


def tidy(database: Database) -> None:
    """Have the database forget what was overwritten, as far as that can be asked of it.

    SQLite has overwritten what was deleted, but its log still has the pages as they were before; in
    PostgreSQL the row as it was stays in the file until it is swept.
    """
    if database.engine.dialect.name == "sqlite":
        with closing(database.engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with database.engine.connect() as connection:
        autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
        autocommit.execute(text("VACUUM years"))
