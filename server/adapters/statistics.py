"""What the year's figures about cards are made of, read in one transaction: see the domain's module."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, case, func, select

from agent.wire.card_code import CardCode
from server.adapters.database import Database
from server.adapters.issued import issued_at_lock, issued_in
from server.adapters.keeping_tables import years
from server.adapters.locking import lock_year
from server.adapters.people import People
from server.adapters.places import area_named
from server.adapters.proofs import Proofs
from server.adapters.record_tables import visits
from server.adapters.stored_cards import named_distributors
from server.adapters.tables import cards
from server.adapters.years import years_in, years_of_figures
from server.domain.completeness import NOTHING, Proof
from server.domain.keeping import YearKept, person, stranger
from server.domain.statistics import AreaUnknown, Places, Statistics, Totals, Used, statistics


class StoredStatistics:
    def __init__(
        self, database: Database, zone: ZoneInfo, now: Callable[[], datetime], *, count_assistants: bool
    ) -> None:
        self._database = database
        self._zone = zone
        self._now = now
        self._count_assistants = count_assistants

    def of_year(self, year: int | None, area: str | None = None) -> Statistics:
        """``None`` is this year. It costs the year's visits once. Raises :class:`AreaUnknown`."""
        as_of = self._now().astimezone(self._zone)
        year = year or as_of.year
        with self._database.reading() as connection:
            named = named_distributors(connection)
            places = {number: Places(*name) for number, *name in named}
            asked = None if area is None else area_named(connection, area)
            if area is not None and asked is None:
                raise AreaUnknown
            people = People(connection, year)
            locked_at = connection.scalar(select(years.c.locked_at).where(years.c.year == year))
            found = statistics(
                _used(connection, year, people),
                issued_at_lock(connection, year) if locked_at else issued_in(connection, year, people),
                places,
                year=year,
                area=asked,
                as_of=as_of,
                locked_at=locked_at,
                count_assistants=self._count_assistants,
            )
            return replace(found, records=_records(connection, year, as_of))

    def kept(self) -> list[YearKept]:
        with self._database.reading() as connection:
            return years_in(connection)

    def years(self) -> list[int]:
        with self._database.reading() as connection:
            return years_of_figures(connection)

    def lock(self, year: int, *, force: bool = False) -> None:
        lock_year(self._database, year, self._now().astimezone(self._zone), force=force)


def _records(connection: Connection, year: int, as_of: datetime) -> Proof:
    """One span for each kiosk, so a year costs no more than its books."""
    first, last = date(year, 1, 1), min(date(year, 12, 31), as_of.date())
    return Proofs(connection, first, last, as_of, most=sys.maxsize).of_all() if first <= last else NOTHING


def _used(connection: Connection, year: int, people: People) -> Iterator[Used]:
    """While some of a year's visits still have their code and others a pseudonym, both say who it was."""
    alone = case((visits.c.card_id.is_(None), visits.c.code))
    of = (visits.c.pseudonym, visits.c.card_id, alone)
    # Of a visit that has its card the register's word of today: an import may have been undone.
    distributor = func.coalesce(cards.c.distributor_id, visits.c.distributor_id)
    about = (distributor, visits.c.kind, cards.c.issued_on, visits.c.issued_year)
    sums = (
        func.count(),
        func.sum(visits.c.adults),
        func.sum(func.coalesce(visits.c.children, 0)),
        func.sum(visits.c.assistants),
    )
    rows = connection.execute(
        select(*of, *about, *sums)
        .select_from(visits.outerjoin(cards, cards.c.id == visits.c.card_id))
        .where(visits.c.counted, visits.c.day.between(date(year, 1, 1), date(year, 12, 31)))
        .group_by(*of, *about)
    )
    for replaced, card, code, stored, kind, issued_on, issued_year, *total in rows:
        number = people.number(card, replaced)
        who = replaced
        if number is not None:
            who = people.token(person(number))
        elif code is not None:
            who = people.token(stranger(CardCode(code)))
        of_whom, of_year = stored, issued_on.year if issued_on else issued_year
        if several := people.issue(number):
            of_whom, of_year = several.distributor, several.on.year
        yield Used(who, of_whom, kind, of_year == year, Totals(*map(int, total)))
