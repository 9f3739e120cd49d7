"""The figures behind the page and the API, each read in one transaction."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from server.adapters.database import Database
from server.adapters.fleet_page import kiosk_rows, latest_visits, problems
from server.adapters.tables import rollups, venues
from server.domain.figures import By, Overview, Summary, SummaryRow
from server.domain.visits import Tally, uses

SUMS: Final = tuple(func.sum(rollups.c[name]) for name in Tally._fields)


class StoredFigures:
    """``uses`` are adults and children, and assistants only where ``count_assistants`` says so."""

    def __init__(
        self, database: Database, zone: ZoneInfo, now: Callable[[], datetime], *, count_assistants: bool
    ) -> None:
        self._database = database
        self._zone = zone
        self._now = now
        self._count_assistants = count_assistants

    def summary(self, first: date | None, last: date | None, by: By) -> Summary:
        as_of = self._now().astimezone(self._zone)
        today = as_of.date()
        with self._database.reading() as connection:
            rows = self._rows(connection, first or today, last or today, by)
        return Summary(first=first or today, last=last or today, by=by, rows=rows, as_of=as_of)

    def overview(self) -> Overview:
        as_of = self._now().astimezone(self._zone)
        today = as_of.date()
        with self._database.reading() as connection:
            by_venue = self._rows(connection, today, today, "venue")
            by_hour = self._rows(connection, today, today, "hour")
            return Overview(
                kiosks=kiosk_rows(connection, today, count_assistants=self._count_assistants),
                by_venue=Summary(first=today, last=today, by="venue", rows=by_venue, as_of=as_of),
                by_hour=Summary(first=today, last=today, by="hour", rows=by_hour, as_of=as_of),
                latest=latest_visits(connection, as_of),
                problems=problems(connection),
                as_of=as_of,
            )

    def _rows(self, connection: Connection, first: date, last: date, by: By) -> tuple[SummaryRow, ...]:
        return tuple(
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
            )
            for key, name, total in _totals(connection, first, last, by)
        )


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
