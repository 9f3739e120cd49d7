"""A year is locked once it is over, without codes and proved; also while visits come in."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from server.adapters.card_undo import CardUndo
from server.adapters.keeping_tables import years
from server.adapters.locking import lock_year
from server.adapters.matching import hold_visits
from server.adapters.record_tables import visits
from server.adapters.years import years_in
from server.domain.keeping import YearKept, YearRefused
from tests.server.adapters.all_bytes import all_bytes, in_dump
from tests.server.adapters.test_over_new_year import dated_before_midnight, day_and_night
from tests.server.adapters.year_of_visits import a_year, code, figures, keep, lock, told
from tests.server.cards import NOW, card, import_cards
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


def test_a_year_is_locked_when_it_is_over_without_codes_and_proved(fleet: Fleet) -> None:
    a_year(fleet)
    with pytest.raises(YearRefused, match="17 visits of 2026 still have"):
        lock(fleet)
    keep(fleet)
    with pytest.raises(YearRefused, match="is not over"):
        lock_year(fleet.database, 2026, datetime(2026, 12, 31, 12, tzinfo=UTC), force=True)
    with pytest.raises(YearRefused, match="--force"):
        lock(fleet, force=False)
    with fleet.database.reading() as connection:
        key = connection.scalar(select(years.c.key))
        assert key is not None
    lock(fleet)
    with pytest.raises(YearRefused, match="locked already"):
        lock(fleet)
    with all_bytes(fleet) as found:
        assert not any(form in found for form in in_dump(key))
    with fleet.database.reading() as connection:
        (one,) = years_in(connection)
    assert isinstance(one, YearKept)
    assert (one.year, one.with_code, one.with_pseudonym) == (2026, 0, 17)
    assert one.locked_at is not None


def test_what_comes_after_the_lock_moves_nothing_of_the_year_s_cards(fleet: Fleet) -> None:
    a_year(fleet)
    done = import_cards(fleet.database, LIST_KEY, [card(8)])
    keep(fleet)
    before = figures(fleet)
    lock(fleet)
    import_cards(fleet.database, LIST_KEY, map(card, range(20, 40)))
    anew = [replace(card(number), issued_on=date(2027, 3, 1), valid_until=None) for number in (2, 3)]
    import_cards(fleet.database, LIST_KEY, anew)
    assert done.import_id is not None
    CardUndo(fleet.database, lambda: NOW).undo(done.import_id, "cli")
    assert figures(fleet) == before
    assert before.issued == 6
    assert told(fleet, 2027).issued == 2
