"""The years' keys: made when first needed, and destroyed when their year is locked."""

import secrets
from contextlib import closing

from sqlalchemy import Connection, case, extract, func, select, text

from server.adapters.database import Database, insert
from server.adapters.keeping_tables import years
from server.adapters.tables import visits
from server.domain.bearers import Bearer
from server.domain.keeping import KEY_BYTES, YearKept, pseudonym


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
    """The newest first. It reads every visit."""
    of = extract("year", visits.c.day)
    rows = connection.execute(
        select(
            of,
            func.sum(case((visits.c.code.is_not(None), 1), else_=0)),
            func.sum(case((visits.c.pseudonym.is_not(None), 1), else_=0)),
        ).group_by(of)
    )
    counts = {int(year): (int(coded), int(replaced)) for year, coded, replaced in rows}
    known = connection.execute(select(years.c.year, years.c.locked_at))
    locked = {row[0]: row[1] for row in known}
    return [
        YearKept(
            year=year,
            with_code=counts.get(year, (0, 0))[0],
            with_pseudonym=counts.get(year, (0, 0))[1],
            locked_at=locked.get(year),
        )
        for year in sorted(counts.keys() | locked.keys(), reverse=True)
    ]


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
