"""A year is locked while visits come in, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime

from sqlalchemy import select

from server.adapters.keeping_tables import years
from server.adapters.matching import hold_visits
from server.adapters.tables import visits
from tests.server.adapters.test_keeping import code
from tests.server.adapters.test_over_new_year import dated_before_midnight, day_and_night
from tests.server.cards import card, import_cards
from tests.server.kiosk import LIST_KEY, batch, opened, scan, sealed
from tests.server.stored_fleet import Fleet


def while_a_year_is_locked(fleet: Fleet, year: int, come: Callable[[], object]) -> None:
    """The year's visits have no code any more, and its key goes with the commit."""
    with ThreadPoolExecutor() as pool:
        with fleet.database.writing() as connection:
            hold_visits(connection, alone=True)
            coming = pool.submit(come)
            wait([coming], timeout=1)
            assert not coming.done()
            at = datetime(2028, 1, 2, tzinfo=UTC)
            connection.execute(years.insert().values(year=year, key=None, locked_at=at))
        coming.result()


def coded(fleet: Fleet, year: int) -> list[str]:
    with fleet.database.reading() as connection:
        rows = connection.execute(select(visits.c.day, visits.c.code).where(visits.c.code.is_not(None)))
        return [code for day, code in rows if day.year == year]


def test_no_visit_that_comes_meanwhile_brings_its_code(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1)])
    late = batch([opened(), scan(1, code_sealed=sealed(code(1)))])
    while_a_year_is_locked(fleet, 2026, lambda: fleet.send(late))
    assert (coded(fleet, 2026), fleet.visits()) == ([], 1)
    assert fleet.agrees()


def test_no_visit_that_is_dated_into_it_meanwhile_keeps_its_code(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1)])
    day_and_night(fleet, 1)
    before = coded(fleet, 2025)
    assert (len(before), len(coded(fleet, 2026))) == (1, 1)
    while_a_year_is_locked(fleet, 2025, lambda: dated_before_midnight(fleet))
    assert (coded(fleet, 2025), coded(fleet, 2026)) == (before, [])
    assert fleet.agrees()
