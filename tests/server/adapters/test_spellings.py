"""Areas and distributors are found however they are spelled, on both databases; doubles of before are one."""

import re
from dataclasses import replace
from datetime import UTC, date
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import select, text

from agent.wire.card_code import DEFAULT_PATTERN
from server.adapters.card_import import CardImports
from server.adapters.card_spool import CardSpool
from server.adapters.database import Database, database_url
from server.adapters.migrate import alembic_config, open_database
from server.adapters.place_import import PlaceImports, place_imports_in
from server.adapters.places import Places
from server.adapters.record_tables import visits
from server.adapters.tables import areas, cards, distributors
from server.adapters.trials import Trials
from server.domain.headings import Given
from server.domain.outcome import Outcome, RowsRefused
from server.domain.spellings import Spelling
from server.domain.trials import TrialSet
from tests.server.adapters.year_of_visits import told
from tests.server.cards import NOW, SOURCE, card, import_cards
from tests.server.kiosk import LIST_KEY
from tests.server.stored_fleet import Fleet


def names(database: Database) -> list[tuple[str, str]]:
    with database.reading() as connection:
        found = select(areas.c.name, distributors.c.name).join(areas, areas.c.id == distributors.c.area_id)
        return [(area, name) for area, name in connection.execute(found.order_by(distributors.c.id))]


def test_another_spelling_is_the_same_area_and_distributor_and_that_is_told(database: Database) -> None:
    import_cards(database, LIST_KEY, [card(1), card(2)])
    loud = [replace(card(n), area="ROVANIEMI", distributor="seurakunta") for n in (1, 3)]
    done = import_cards(database, LIST_KEY, loud)
    assert (done.new, done.changed, done.unchanged, done.gone) == (1, 0, 1, 1)
    assert done.spellings == [
        Spelling("area", "ROVANIEMI", "Rovaniemi"),
        Spelling("distributor", "seurakunta", "Seurakunta"),
    ]
    with CardSpool(LIST_KEY) as spool:
        for row, one in enumerate(loud, start=2):
            spool.add(row, one)
        said = CardImports(database, lambda: NOW).dry_run(spool, Outcome(rows=2))
    assert said.spellings == done.spellings
    assert names(database) == [("Rovaniemi", "Seurakunta")]


def test_of_two_spellings_in_one_file_the_first_row_s_stands(database: Database) -> None:
    wanted = [replace(card(n), area=area) for n, area in ((9, "Tornio"), (1, "tornio"), (5, "TORNIO"))]
    done = import_cards(database, LIST_KEY, wanted)
    assert [one.stands for one in done.spellings] == ["Tornio", "Tornio"]
    assert names(database) == [("Tornio", "Seurakunta")]


def test_a_trial_s_end_holds_however_the_area_is_spelled(database: Database) -> None:
    places, trials = Places(database, lambda: NOW), Trials(database, UTC, lambda: NOW)
    assert trials.set("Rovaniemi", date(2025, 12, 31), "cli") == TrialSet("Rovaniemi", is_new=True)
    with pytest.raises(RowsRefused):
        import_cards(database, LIST_KEY, [replace(card(1, valid_until=None), area="ROVANIEMI")])
    assert trials.set("rovaniemi ", date(2026, 12, 31), "cli").area == "Rovaniemi"
    assert places.list_areas() == [("Rovaniemi", date(2026, 12, 31))]


def test_files_of_places_find_names_too(database: Database, tmp_path: Path) -> None:
    places, imports = (
        Places(database, lambda: NOW),
        PlaceImports(database, re.compile(DEFAULT_PATTERN), lambda: NOW),
    )
    places.add_venue("Uimahalli", "Rovaniemi", "sport", "Europe/Helsinki")
    assert places.add_venue("Teatteri", "ROVANIEMI", "culture", "Europe/Helsinki").area == "Rovaniemi"
    file = tmp_path / "places.csv"
    file.write_text("name;area;category\nUIMAHALLI;rovaniemi;sport\nUusi;Rovaniemi;culture\n")
    done = imports.venues(file, Given(), "Europe/Helsinki", SOURCE)
    assert (done.new, done.changed, done.unchanged, done.gone) == (1, 0, 1, 1)
    assert done.spellings == [Spelling("area", "rovaniemi", "Rovaniemi")]
    file.write_text("name;area\nSeurakunta;ROVANIEMI\nseurakunta;Tornio\n")
    done = imports.distributors(file, Given(), SOURCE)
    assert (done.new, done.spellings) == (2, [Spelling("area", "ROVANIEMI", "Rovaniemi")])
    file.write_text("name;area\nSEURAKUNTA;Rovaniemi\nSeurakunta;Rovaniemi\n")
    assert imports.distributors(file, Given()).faulty == 1
    assert names(database) == [("Rovaniemi", "Seurakunta"), ("Tornio", "seurakunta")]
    with database.reading() as connection:
        newest, oldest = place_imports_in(connection, "venues", "distributors")
    assert (newest.what, newest.new, newest.at, newest.file_name) == ("distributors", 2, NOW, "kortit.csv")
    assert (oldest.what, oldest.new, oldest.unchanged, oldest.gone) == ("venues", 1, 1, 1)


def test_the_figures_of_an_area_are_asked_for_in_any_spelling(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1)])
    found = told(fleet, area="rovaniemi")
    assert (found.area, found.issued) == ("Rovaniemi", 1)


_DOUBLES = """
INSERT INTO areas (id, name, trial_ends) VALUES
  (1, 'Rovaniemi', NULL), (2, 'ROVANIEMI', '2026-12-31'), (3, 'Äh', NULL), (4, 'äh', NULL), (5, 'äH', NULL);
INSERT INTO distributors (id, name, area_id) VALUES
  (1, 'S', 1), (2, 'S', 2), (3, 's', 1), (4, 'D', 2), (5, 'S', 3), (6, 's', 4), (7, 's', 5);
INSERT INTO venues (id, name, area_id, category, time_zone) VALUES ('v', 'V', 2, 'sport', 'UTC');
INSERT INTO kiosks (id, name, added_at) VALUES ('k', 'K', '2026-01-01');
INSERT INTO epochs (id, kiosk_id, epoch, first_received_at) VALUES (1, 'k', 'e', '2026-01-01');
INSERT INTO cards
  (id, code, key, kind, distributor_id, issued_on, valid_until, status, revision, row_hash)
  VALUES (1, 'A1', 1, 'personal', 2, '2025-12-31', '2026-12-30', 'active', 1, 1),
    (2, 'A2', 2, 'personal', 7, '2025-12-31', '2026-12-30', 'active', 2, 1);
INSERT INTO records (id, epoch_id, seq, digest, type, body, received_at, state, conflict, why)
  VALUES (1, 1, 1, '1', 'scan/1', '1', '2026-01-01', 'stored', false, '');
INSERT INTO visits
  (record_id, kiosk_id, venue_id, seen_at, quality, day, hour, verdict, reason, kind, adults, children,
  assistants, code, counted, card_id, distributor_id, issued_year)
  VALUES (1, 'k', 'v', '2026-01-01', 'synced', '2026-01-01', 8, 'accepted', '', 'personal', 1, 2, 0, 'A1',
  true, 1, 3, 2025)
"""


def test_doubles_of_an_older_server_become_the_first_of_them(empty_database_url: str) -> None:
    with Database(database_url(empty_database_url)) as old, old.writing() as connection:
        command.upgrade(alembic_config(connection), "0016")
        for statement in _DOUBLES.split(";\n"):
            connection.execute(text(statement))
    with open_database(empty_database_url) as database:
        assert names(database) == [("Rovaniemi", "S"), ("Rovaniemi", "D"), ("Äh", "S")]
        assert Places(database, lambda: NOW).list_areas() == [("Rovaniemi", date(2026, 12, 31)), ("Äh", None)]
        assert [venue.area for venue in Places(database, lambda: NOW).list_venues()] == ["Rovaniemi"]
        with database.reading() as connection:
            assert connection.scalars(select(cards.c.distributor_id).order_by(cards.c.id)).all() == [1, 5]
            assert connection.scalars(select(visits.c.distributor_id)).all() == [1]
