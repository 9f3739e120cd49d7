"""The figures behind the page and the API, each read in one transaction."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from server.adapters.database import Database
from server.adapters.fleet_page import kiosk_rows, latest_visits, problems, unproved
from server.adapters.lease import lease_of
from server.adapters.letters import letters_in
from server.adapters.memory_cards import copied_kiosks
from server.adapters.proofs import Proofs
from server.adapters.record_tables import rollups
from server.adapters.tables import venues
from server.domain.completeness import Proof
from server.domain.figures import By, Letters, Overview, Summary, SummaryRow, Unproved
from server.domain.lease import NOBODY, is_elsewhere
from server.domain.visits import Tally, uses

UNPROVED_EVERY: Final = timedelta(minutes=1)
SUMS: Final = tuple(func.sum(rollups.c[name]) for name in Tally._fields)


class StoredFigures:
    """``uses`` are adults and children, and assistants only where ``count_assistants`` says so.

    ``process`` names the server that asks, if one does.
    """

    def __init__(
        self,
        database: Database,
        zone: ZoneInfo,
        now: Callable[[], datetime],
        *,
        count_assistants: bool,
        process: str = NOBODY,
    ) -> None:
        self._database = database
        self._zone = zone
        self._now = now
        self._count_assistants = count_assistants
        self._process = process
        self._told: tuple[datetime | None, tuple[Unproved, ...]] = (None, ())

    def summary(self, first: date | None, last: date | None, by: By) -> Summary:
        as_of = self._now().astimezone(self._zone)
        today = as_of.date()
        with self._database.reading() as connection:
            proofs = Proofs(connection, first or today, last or today, as_of)
            return self._summary(connection, proofs, by, as_of)

    def overview(self) -> Overview:
        as_of = self._now().astimezone(self._zone)
        today = as_of.date()
        with self._database.reading() as connection:
            proofs = Proofs(connection, today, today, as_of)
            copied = copied_kiosks(connection)
            return Overview(
                kiosks=kiosk_rows(connection, proofs, count_assistants=self._count_assistants),
                by_venue=self._summary(connection, proofs, "venue", as_of),
                by_hour=self._summary(connection, proofs, "hour", as_of),
                latest=latest_visits(connection),
                problems=problems(connection, copied),
                copied=copied,
                letters=replace(letters_in(connection), as_of=as_of),
                unproved=self._unproved_days(connection, as_of),
                elsewhere=is_elsewhere(lease_of(connection), self._process),
                as_of=as_of,
            )

    def letters(self, after: int | None = None) -> Letters:
        with self._database.reading() as connection:
            return replace(letters_in(connection, after), as_of=self._now().astimezone(self._zone))

    def _unproved_days(self, connection: Connection, as_of: datetime) -> tuple[Unproved, ...]:
        """A look at a week of every kiosk's books; a minute later is soon enough for the next."""
        told_at, told = self._told
        if told_at is None or not timedelta(0) <= as_of - told_at < UNPROVED_EVERY:
            told = unproved(connection, as_of)
            self._told = as_of, told
        return told

    def _summary(self, connection: Connection, proofs: Proofs, by: By, as_of: datetime) -> Summary:
        first, last = proofs.first, proofs.last
        rows = tuple(
            SummaryRow(
                key=key,
                name=name,
                visits=total.visits,
                uses=uses(total, count_assistants=self._count_assistants),
                adults=total.adults,
                children=total.children,
                assistants=total.assistants,
                unanswered=total.unanswered,
                unchecked=total.unchecked,
                by_hand=total.by_hand,
                bounded=total.bounded,
                matched=total.matched,
                records=_proof(proofs, key, by),
            )
            for key, name, total in _totals(connection, first, last, by)
        )
        return Summary(first=first, last=last, by=by, rows=rows, as_of=as_of, records=proofs.of_all())


def _proof(proofs: Proofs, key: str, by: By) -> Proof:
    """Of an hour, that of its day: a digest closes days."""
    if by == "venue":
        return proofs.of_venue(key)
    return proofs.of_day(date.fromisoformat(key[:10]))


def _totals(connection: Connection, first: date, last: date, by: By) -> Iterator[tuple[str, str, Tally]]:
    """Key, name and sums, in the order that a reader expects."""
    within = rollups.c.day.between(first, last)
    match by:
        case "venue":
            key = (venues.c.id, venues.c.name)
            query = select(*key, *SUMS).join(venues, venues.c.id == rollups.c.venue_id)
            for venue, name, *sums in connection.execute(
                query.where(within).group_by(*key).order_by(venues.c.name)
            ):
                yield venue, name, Tally(*map(int, sums))
        case "day":
            day = rollups.c.day
            for at, *sums in connection.execute(select(day, *SUMS).where(within).group_by(day).order_by(day)):
                yield at.isoformat(), at.isoformat(), Tally(*map(int, sums))
        case "hour":
            hour = (rollups.c.day, rollups.c.hour)
            for at, number, *sums in connection.execute(
                select(*hour, *SUMS).where(within).group_by(*hour).order_by(*hour)
            ):
                name = f"{at.isoformat()}T{number:02d}"
                yield name, name, Tally(*map(int, sums))
        case _:
            assert_never(by)
