"""A year is locked: its key is destroyed, and what its figures need of the register is kept in its visits."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, bindparam, func, select, update

from server.adapters.database import Database, insert
from server.adapters.fleet_state import locked_list_state
from server.adapters.issued import write_down_issued
from server.adapters.keeping_tables import years
from server.adapters.matching import hold_visits
from server.adapters.people import People
from server.adapters.proofs import Proofs
from server.adapters.record_tables import visits
from server.adapters.years import YearKeys, tidy
from server.domain.keeping import YearRefused, person

_PIECE: Final = 10_000
_SETTLE: Final = (
    update(visits)
    .where(visits.c.record_id == bindparam("of"))
    .values(
        pseudonym=bindparam("who"), distributor_id=bindparam("distributor"), issued_year=bindparam("issued")
    )
)


def lock_year(database: Database, year: int, now: datetime, *, force: bool = False) -> None:
    """Destroy the year's key. ``now`` is in the fleet's zone. Raises :class:`YearRefused`."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    with database.writing() as connection:
        locked_list_state(connection)  # no card comes or goes while they are counted
        hold_visits(connection, alone=True)
        if now.date() <= last:
            raise YearRefused("not_over", year)
        if YearKeys(connection).is_locked(year):
            raise YearRefused("locked", year)
        coded = select(func.count()).where(visits.c.code.is_not(None), visits.c.day.between(first, last))
        if left := connection.execute(coded).scalar_one():
            raise YearRefused("with_code", year, left)
        if not force:
            _is_proved(connection, first, last, now)
        people = People(connection, year)
        write_down_issued(connection, year, people)
        _settle(connection, year, people)
        new = insert(connection, years).values(year=year, key=None, locked_at=now)
        connection.execute(
            new.on_conflict_do_update(index_elements=["year"], set_={"key": None, "locked_at": now})
        )
    tidy(database)


def _is_proved(connection: Connection, first: date, last: date, now: datetime) -> None:
    if not Proofs(connection, first, last, now).of_all().complete:
        raise YearRefused("unproved", first.year)


def _settle(connection: Connection, year: int, people: People) -> None:
    """What the register says of the year's visits is written into them: nobody can ask it afterwards."""
    rows = connection.execute(
        select(visits.c.record_id, visits.c.pseudonym)
        .where(visits.c.pseudonym.is_not(None), visits.c.day.between(date(year, 1, 1), date(year, 12, 31)))
        .execution_options(yield_per=_PIECE)
    )
    settled = [
        {
            "of": record,
            "who": people.token(person(number)),
            "distributor": issue.distributor,
            "issued": year if issue.on.year == year else None,
        }
        for record, replaced in rows
        if (number := people.number(None, replaced)) is not None
        and (issue := people.issue(number)) is not None
    ]
    if settled:
        connection.execute(_SETTLE, settled)
