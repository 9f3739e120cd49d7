"""Visits of a boot without a clock that are dated over New Year once they have no code any more."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from agent.wire.records import Record
from server.adapters.forgetting import has_forgotten_visits
from server.adapters.keeping import Keeper
from server.adapters.locking import lock_year
from server.adapters.record_tables import records, visits
from server.adapters.tables import cards
from server.domain.forgetting import sealed_in
from server.domain.statistics import Frequency
from tests.server.adapters.test_dating import HOUR_MS, at, dark
from tests.server.adapters.test_issues import shares
from tests.server.adapters.year_of_visits import code, desk, told
from tests.server.cards import card, import_cards
from tests.server.kiosk import LIST_KEY, batch, follows, open_code, opened, pair, scan, sealed
from tests.server.stored_fleet import Fleet

MORNING = datetime(2026, 1, 1, 8, tzinfo=UTC)
NOW_PAIR = pair(MORNING, boot="today", boottime_ms=HOUR_MS)


def day_and_night(fleet: Fleet, number: int) -> None:
    """A visit of the old year for certain, and one in the dark that comes in on New Year's morning."""
    eve = pair(MORNING - timedelta(days=3), boot="eve", boottime_ms=HOUR_MS)
    clock = at(opened(), dark("eve", 0)).clock
    first: list[Record] = [at(opened(), clock), scan(1, clock=clock, code_sealed=sealed(code(number)))]
    fleet.send(batch(first, clock=eve), at=MORNING - timedelta(days=3))
    night = dark("night", HOUR_MS)
    rows: list[Record] = [at(follows(1, 1), dark("night", 0))]
    rows.append(scan(1, clock=night, code_sealed=sealed(code(number))))
    fleet.send(batch(rows, number=2, clock=NOW_PAIR), at=MORNING)


def dated_before_midnight(fleet: Fleet) -> None:
    """The start that follows was heard of on New Year's Eve."""
    eve = MORNING - timedelta(days=1)
    heard = pair(eve, boot="later", boottime_ms=HOUR_MS)
    fleet.send(batch([at(follows(2, 1), dark("later", 0))], number=3, clock=heard), at=eve)


@pytest.mark.parametrize("blocked", [False, True])
def test_an_erased_person_stays_one_person(fleet: Fleet, blocked: bool) -> None:
    import_cards(fleet.database, LIST_KEY, [replace(card(1), issued_on=date(2025, 3, 1))])
    day_and_night(fleet, 1)
    assert [told(fleet, year).frequency for year in (2025, 2026)] == [Frequency(once=1)] * 2
    if blocked:
        desk(fleet).block(code(1), "cli")
    desk(fleet).erase(code(1), "cli")
    dated_before_midnight(fleet)
    assert (told(fleet, 2026).visits, told(fleet, 2025).frequency) == (0, Frequency(twice=1))
    assert shares(told(fleet, 2025)) == {"Seurakunta": (1, 1, 2)}
    assert fleet.agrees()


def test_who_cannot_be_known_is_nobody_and_no_person_of_its_own(fleet: Fleet) -> None:
    day_and_night(fleet, 9)
    desk(fleet).erase(code(9), "cli")
    dated_before_midnight(fleet)
    found = told(fleet, 2025)
    assert (found.visits, found.frequency) == (2, Frequency(once=1))
    assert fleet.agrees()


def locked_at_once(fleet: Fleet) -> None:
    Keeper(fleet.database, lambda: date(2026, 1, 2), 0).run()
    lock_year(fleet.database, 2025, datetime(2026, 1, 2, tzinfo=UTC), force=True)


def test_no_code_comes_into_a_locked_year_by_a_late_date(fleet: Fleet) -> None:
    first = replace(card(1), issued_on=date(2025, 3, 1))
    import_cards(fleet.database, LIST_KEY, [first])
    import_cards(fleet.database, LIST_KEY, [replace(first, issued_on=date(2026, 1, 1), distributor="Uusi")])
    day_and_night(fleet, 1)
    locked_at_once(fleet)
    before = told(fleet, 2025)
    assert (before.visits, before.issued, before.issued_and_used) == (1, 1, 1)
    dated_before_midnight(fleet)
    found = told(fleet, 2025)
    assert (found.visits, found.issued, found.issued_and_used) == (2, 1, 1)
    assert (found.frequency, told(fleet, 2026).visits) == (before.frequency, 0)
    assert shares(found) == {"Seurakunta": (1, 1, 2)}, "by the issue of that year"
    with fleet.database.reading() as connection:
        assert set(connection.execute(select(visits.c.code, visits.c.card_id))) == {(None, None)}
        bodies = connection.scalars(select(records.c.body).where(records.c.type == "scan/1")).all()
        assert [sealed_in(body, open_code) for body in bodies] == [None, None]
        (number,) = connection.scalars(select(cards.c.id))
        assert has_forgotten_visits(connection, number)
    assert fleet.agrees()
    Keeper(fleet.database, lambda: date(2026, 1, 2), 0).run()
    assert told(fleet, 2025) == found


def test_a_stranger_s_code_goes_too(fleet: Fleet) -> None:
    day_and_night(fleet, 9)
    locked_at_once(fleet)
    dated_before_midnight(fleet)
    with fleet.database.reading() as connection:
        assert set(connection.scalars(select(visits.c.code))) == {None}
    assert (told(fleet, 2025).visits, told(fleet, 2025).frequency) == (2, Frequency(once=1))
    assert fleet.agrees()
