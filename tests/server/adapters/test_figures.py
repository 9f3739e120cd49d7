"""The figures behind page and API, on both databases."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent.wire.messages import Records
from agent.wire.records import Party, Scan
from server.adapters.database import Database
from server.adapters.facts import FactWriter
from server.adapters.figures import StoredFigures
from server.adapters.lease import StoredLease
from server.adapters.places import PlaceError, Places
from server.adapters.store import Store
from server.domain.arrivals import BatchArrived
from server.domain.register import Venue
from tests.server.kiosk import KIOSK, NOW, batch, open_code, scan
from tests.server.lease import held

HELSINKI = ZoneInfo("Europe/Helsinki")


@pytest.fixture
def places(database: Database) -> Places:
    made = Places(database, lambda: NOW)
    for name in ("Uimahalli", "Ateneum"):
        made.add_venue(name, "Rovaniemi", "sport", "Europe/Helsinki")
        made.add_kiosk(KIOSK, "Ovi", f"v-{name.lower()}")
    return made


def send(database: Database, *rows: Scan) -> None:
    message: Records = batch(rows)
    Store(database, FactWriter(open_code, HELSINKI), held(database)).write(
        [BatchArrived(KIOSK, NOW, message)]
    )


def figures(database: Database, *, assistants: bool = False, now: datetime = NOW) -> StoredFigures:
    return StoredFigures(database, HELSINKI, lambda: now, count_assistants=assistants)


@pytest.mark.usefixtures("places")
def test_assistants_are_uses_only_where_the_fleet_counts_them(database: Database) -> None:
    row = scan(1)
    fields = {name: getattr(row, name) for name in row.__struct_fields__}
    send(database, Scan(**fields | {"party": Party(adults=1, children=2, assistants=1)}))
    for assistants, uses in ((False, 3), (True, 4)):
        asked = figures(database, assistants=assistants)
        (total,) = asked.summary(None, None, "day").rows
        assert (total.uses, total.assistants) == (uses, 1)
        assert asked.overview().kiosks[0].uses_today == uses


@pytest.mark.usefixtures("places")
def test_venues_come_by_name_and_only_those_with_visits(database: Database) -> None:
    send(database, scan(1), scan(2, venue="v-ateneum"))
    assert [row.name for row in figures(database).summary(None, None, "venue").rows] == [
        "Ateneum",
        "Uimahalli",
    ]
    assert figures(database).summary(date(2026, 1, 1), date(2026, 1, 31), "venue").rows == ()


@pytest.mark.usefixtures("places")
def test_today_is_the_fleet_s_and_so_is_the_moment(database: Database) -> None:
    late = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
    overview = figures(database, now=late).overview()
    assert overview.by_hour.first == date(2026, 11, 25)
    assert overview.as_of.tzinfo == HELSINKI


@pytest.mark.usefixtures("places")
def test_a_kiosk_that_runs_ahead_does_not_stay_on_top(database: Database) -> None:
    send(database, scan(1, at=NOW + timedelta(days=300)), scan(2, at=NOW - timedelta(hours=1)), scan(3))
    times = [row.seen_at for row in figures(database).overview().latest]
    assert times == [NOW, NOW, NOW - timedelta(hours=1)]


def test_places_are_found_by_id_and_by_name(places: Places) -> None:
    venue = Venue(
        id="v-ateneum", name="Ateneum", area="Rovaniemi", category="sport", time_zone="Europe/Helsinki"
    )
    assert places.find_venue("v-ateneum") == places.find_venue("Ateneum") == venue
    assert places.find_venue("none") is None
    assert [found.id for found in places.list_venues()] == ["v-ateneum", "v-uimahalli"]
    with pytest.raises(PlaceError, match="already a venue"):
        places.add_venue("Ateneum!", "Rovaniemi", "culture", "Europe/Helsinki")
    with pytest.raises(PlaceError, match="no venue"):
        places.add_kiosk(KIOSK, "Ovi", "v-none")


def test_a_moved_kiosk_is_shown_where_it_stands_now(database: Database, places: Places) -> None:
    places.add_kiosk(KIOSK, "Takaovi", "v-uimahalli")
    (row,) = figures(database).overview().kiosks
    assert (row.name, row.venue_name, row.area, row.state) == ("Takaovi", "Uimahalli", "Rovaniemi", "never")


def test_a_server_knows_that_another_takes_the_records_in(database: Database) -> None:
    def elsewhere(process: str) -> bool:
        asked = StoredFigures(database, HELSINKI, lambda: NOW, count_assistants=False, process=process)
        return asked.overview().elsewhere

    assert not elsewhere("this")
    StoredLease(database, "this").take()
    assert (elsewhere("this"), elsewhere("other")) == (False, True)
