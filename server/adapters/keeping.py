"""Codes that have had their time give way to pseudonyms: a bounded piece in each transaction."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import Connection, extract, func, select

from server.adapters.database import Database
from server.adapters.forgetting import LETTERS, forget_codes, forget_letters
from server.adapters.matching import hold_visits
from server.adapters.record_tables import records, visits
from server.adapters.years import CODED, YearKeys, tidy
from server.domain.keeping import Kept, last_day_due

PIECE: Final = 200
"""Visits in one transaction: ingest waits for no more than these."""
_REST: Final = 1.0
"""As long as a piece took nothing is done after it: who waits for the lock gets it."""

Hold = Callable[[Connection], object]


class Keeper:
    """``today`` is of the fleet's zone. ``hold`` is said in each transaction, and ends the run by raising."""

    def __init__(
        self, database: Database, today: Callable[[], date], years: int, hold: Hold = lambda _: None
    ) -> None:
        self._database = database
        self._today = today
        self._years = years
        self._hold = hold

    def plan(self) -> Kept:
        """What :meth:`run` would do now."""
        last = self._last()
        of = extract("year", visits.c.day)
        with self._database.reading() as connection:
            rows = connection.execute(
                select(of, func.count()).where(CODED, visits.c.day <= last).group_by(of).order_by(of)
            ).all()
            letters = select(func.count()).select_from(records)
            old = connection.execute(letters.where(LETTERS, records.c.received_at < _end_of(last)))
            return Kept(
                visits=tuple((int(year), int(count)) for year, count in rows), letters=old.scalar_one()
            )

    def run(self, going: Callable[[], bool] = lambda: True) -> Kept:
        """Until nothing is left, or until ``going`` says no."""
        last, done, letters = self._last(), Counter[int](), 0
        while going():
            begun = time.monotonic()
            with self._database.writing() as connection:
                self._hold(connection)
                hold_visits(connection, alone=True)
                years = forget_codes(connection, YearKeys(connection), visits.c.day <= last, limit=PIECE)
                if not years:
                    letters = forget_letters(connection, _end_of(last))
            done.update(years)
            if not years:
                break
            time.sleep(_REST * (time.monotonic() - begun))
        if done or letters:
            tidy(self._database)
        return Kept(visits=tuple(sorted(done.items())), letters=letters)

    def _last(self) -> date:
        return last_day_due(self._today(), self._years)


def _end_of(last: date) -> datetime:
    return datetime(last.year + 1, 1, 1, tzinfo=UTC)
