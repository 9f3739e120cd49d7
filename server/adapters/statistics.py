"""What the year's figures about cards are made of, read in one transaction: see the domain's module."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, case, func, select

from agent.wire.card_code import CardCode
from server.adapters.database import Database
from server.adapters.keeping_tables import earlier_issues, years
from server.adapters.stored_cards import PERSON, named_distributors
from server.adapters.tables import areas, cards, visits
from server.adapters.years import YearKeys, lock_year, years_in
from server.domain.keeping import YearKept, person, pseudonym, stranger
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
            if area is not None and connection.scalar(select(areas.c.id).where(areas.c.name == area)) is None:
                raise AreaUnknown
            return statistics(
                _used(connection, year),
                _issued(connection, year),
                places,
                year=year,
                area=area,
                as_of=as_of,
                locked_at=connection.scalar(select(years.c.locked_at).where(years.c.year == year)),
                count_assistants=self._count_assistants,
            )

    def kept(self) -> list[YearKept]:
        with self._database.reading() as connection:
            return years_in(connection)

    def lock(self, year: int, *, force: bool = False) -> None:
        lock_year(self._database, year, self._now().astimezone(self._zone), force=force)


def _used(connection: Connection, year: int) -> Iterator[Used]:
    """While some of a year's visits still have their code and others a pseudonym, both say who it was."""
    key = YearKeys(connection).key(year)
    holders = _holders(connection)
    alone = case((visits.c.card_id.is_(None), visits.c.code))
    of = (visits.c.pseudonym, visits.c.card_id, alone)
    about = (visits.c.distributor_id, visits.c.kind, visits.c.issued_year)
    sums = (
        func.count(),
        func.sum(visits.c.adults),
        func.sum(func.coalesce(visits.c.children, 0)),
        func.sum(visits.c.assistants),
    )
    rows = connection.execute(
        select(*of, *about, *sums)
        .where(visits.c.counted, visits.c.day.between(date(year, 1, 1), date(year, 12, 31)))
        .group_by(*of, *about)
    )
    for replaced, card, code, distributor, kind, issued_year, *total in rows:
        who = replaced
        if card is not None:
            who = person(holders.get(card, card))
        elif code is not None:
            who = stranger(CardCode(code))
        if replaced is None and who is not None and key is not None:
            who = pseudonym(key, who)
        yield Used(who, distributor, kind, issued_year == year, Totals(*map(int, total)))


def _holders(connection: Connection) -> dict[int, int]:
    """Of the cards of people who have had more than one, the person's first card."""
    rows = connection.execute(select(cards.c.id, cards.c.holder).where(cards.c.holder.is_not(None)))
    return {row[0]: row[1] for row in rows}


def _issued(connection: Connection, year: int) -> Counter[int]:
    """By distributor. Of a person with several cards of the year, the first one is issued."""
    then = cards.c.issued_on.between(date(year, 1, 1), date(year, 12, 31)) & (cards.c.status != "undone")
    alone = connection.execute(
        select(cards.c.distributor_id, func.count())
        .where(then, cards.c.holder.is_(None))
        .group_by(cards.c.distributor_id)
    )
    found = Counter({number: int(count) for number, count in alone})
    in_chains = connection.execute(
        select(cards.c.holder, cards.c.id, cards.c.distributor_id).where(then, cards.c.holder.is_not(None))
    )
    earlier = connection.execute(
        select(PERSON, cards.c.id, earlier_issues.c.distributor_id)
        .join(cards, cards.c.id == earlier_issues.c.card_id)
        .where(earlier_issues.c.year == year, ~(then & cards.c.holder.is_(None)))
    )
    firsts: dict[int, tuple[int, int]] = {}
    for holder, card, distributor in [*in_chains, *earlier]:
        firsts[holder] = min(firsts.get(holder, (card, distributor)), (card, distributor))
    found.update(distributor for _, distributor in firsts.values())
    return found
