"""The migrations make the tables of the code, once, whoever comes first."""

import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text

from server.adapters.columns import METADATA
from server.adapters.database import Database, DatabaseError, database_url
from server.adapters.fleet_state import list_state_of
from server.adapters.issued import issued_in
from server.adapters.keeping_tables import locked_issues
from server.adapters.migrate import alembic_config, open_database
from server.adapters.people import People
from server.adapters.record_tables import rollups, visits
from server.adapters.repeats import LaterRepeats, Repeats
from server.adapters.tables import kiosks


def test_the_migrations_make_exactly_the_tables_of_the_code(database: Database) -> None:
    with database.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, METADATA) == []


@pytest.mark.parametrize(
    ("followers", "last", "forked"),
    [([], 5, False), ([5], 5, False), ([5, 5], 5, True), ([4], 5, True)],
)
def test_kiosks_whose_cards_were_copied_before_are_found_by_the_migration(
    empty_database_url: str, followers: list[int], last: int, forked: bool
) -> None:
    with Database(database_url(empty_database_url)) as database:
        with database.writing() as connection:
            command.upgrade(alembic_config(connection), "0011")
            at = datetime(2026, 11, 24, tzinfo=UTC)
            connection.execute(
                text("INSERT INTO kiosks (id, name, added_at) VALUES ('k-a', 'Ovi', :at)"), {"at": at}
            )
            for number, previous in enumerate([None, *followers]):
                connection.execute(
                    text(
                        "INSERT INTO epochs (kiosk_id, epoch, first_received_at, last_seq, opened,"
                        " previous_epoch, previous_last)"
                        " VALUES ('k-a', :epoch, :at, :last, true, :before, :previous)"
                    ),
                    {
                        "epoch": f"e{number}",
                        "at": at,
                        "last": last,
                        "before": None if previous is None else "e0",
                        "previous": previous,
                    },
                )
        with database.writing() as connection:
            command.upgrade(alembic_config(connection), "head")
            assert connection.scalar(select(kiosks.c.forked)) is forked


@pytest.mark.parametrize(
    ("opened", "before", "torn"),
    [(True, None, True), (True, "e0", False), (True, "e7", True), (False, None, True)],
)
def test_kiosks_that_miss_a_start_are_found_by_the_migration(
    empty_database_url: str, opened: bool, before: str | None, torn: bool
) -> None:
    with Database(database_url(empty_database_url)) as database:
        with database.writing() as connection:
            command.upgrade(alembic_config(connection), "0021")
            at = datetime(2026, 11, 24, tzinfo=UTC)
            connection.execute(
                text("INSERT INTO kiosks (id, name, added_at) VALUES ('k-a', 'Ovi', :at)"), {"at": at}
            )
            for number, (known, previous) in enumerate([(True, None), (opened, before)]):
                connection.execute(
                    text(
                        "INSERT INTO epochs (kiosk_id, epoch, first_received_at, last_seq, opened,"
                        " previous_epoch, previous_last)"
                        " VALUES ('k-a', :epoch, :at, 5, :opened, :before, :last)"
                    ),
                    {
                        "epoch": f"e{number}",
                        "at": at,
                        "opened": known,
                        "before": previous,
                        "last": 5 if previous else None,
                    },
                )
        with database.writing() as connection:
            command.upgrade(alembic_config(connection), "head")
            assert connection.scalar(select(kiosks.c.torn)) is torn


def test_a_database_keeps_its_generation(empty_database_url: str) -> None:
    names = set()
    for _ in range(2):
        with open_database(empty_database_url) as database, database.reading() as connection:
            names.add(list_state_of(connection).generation)
    assert len(names) == 1
    assert len(names.pop()) == 32


def test_processes_that_start_together_migrate_one_after_the_other(empty_database_url: str) -> None:
    names: list[str] = []
    failures: list[BaseException] = []

    def start() -> None:
        try:
            with open_database(empty_database_url) as database, database.reading() as connection:
                names.append(list_state_of(connection).generation)
        except BaseException as error:  # noqa: BLE001  (told by the assertion)
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert len(names) == 4
    assert len(set(names)) == 1


_OLD_ROWS = """
INSERT INTO areas (id, name) VALUES (1, 'R');
INSERT INTO distributors (id, name, area_id) VALUES (7, 'D', 1);
INSERT INTO venues (id, name, area_id, category, time_zone) VALUES ('v', 'V', 1, 'sport', 'UTC');
INSERT INTO kiosks (id, name, added_at) VALUES ('k', 'K', '2026-01-01');
INSERT INTO epochs (id, kiosk_id, epoch, first_received_at) VALUES (1, 'k', 'e', '2026-01-01');
INSERT INTO cards
  (id, code, key, kind, distributor_id, issued_on, valid_until, status, revision, row_hash)
  VALUES (5, 'A1', 1, 'community', 7, '2025-12-31', '2026-12-30', 'active', 1, 1)
"""
_OLD_VISIT = """
INSERT INTO records (id, epoch_id, seq, digest, type, body, received_at, state, conflict, why)
  VALUES (:id, 1, :id, :digest, 'scan/1', :digest, '2026-01-01', 'stored', false, '');
INSERT INTO visits
  (record_id, kiosk_id, venue_id, seen_at, quality, day, hour, verdict, reason, kind, adults, children,
  assistants, code, counted)
  VALUES (:id, 'k', 'v', '2026-01-01', 'synced', '2026-01-01', 8, :verdict, '', :kind, 1, 2, 0, :code, true)
"""


def test_visits_of_an_older_server_are_matched_and_counted_anew(empty_database_url: str) -> None:
    where = database_url(empty_database_url)
    with Database(where) as old, old.writing() as connection:
        command.upgrade(alembic_config(connection), "0013")
        for statement in _OLD_ROWS.split(";"):
            connection.execute(text(statement))
        found = [
            ("unchecked", "unknown", "A1"),
            ("unchecked", "unknown", "A2"),
            ("accepted", "personal", "A1"),
        ]
        for number, (verdict, kind, code) in enumerate(found):
            values = {"id": number, "digest": b"%d" % number}
            values |= {"verdict": verdict, "kind": kind, "code": code}
            for statement in _OLD_VISIT.split(";"):
                connection.execute(text(statement), values)
    with open_database(empty_database_url) as database, database.reading() as connection:
        columns = (visits.c.kind, visits.c.card_id, visits.c.distributor_id, visits.c.issued_year)
        assert [tuple(row) for row in connection.execute(select(*columns).order_by(visits.c.record_id))] == [
            ("community", 5, 7, 2025),
            ("unknown", None, None, None),
            ("personal", 5, 7, 2025),
        ]
        totals = select(
            rollups.c.kind, rollups.c.visits, rollups.c.children, rollups.c.unchecked, rollups.c.matched
        )
        assert sorted(tuple(row) for row in connection.execute(totals)) == [
            ("community", 1, 2, 1, 1),
            ("personal", 1, 2, 0, 0),
            ("unknown", 1, 2, 1, 0),
        ]


_CARDS = """
INSERT INTO areas (id, name, folded) VALUES (3, 'A', 'a');
INSERT INTO distributors (id, area_id, name, folded) VALUES (7, 3, 'D', 'd'), (8, 3, 'E', 'e');
INSERT INTO years (year, locked_at) VALUES (2025, '2027-01-02'), (2024, NULL);
INSERT INTO earlier_issues (card_id, issued_on, distributor_id) VALUES
  (2, '2025-02-01', 8), (4, '2025-02-01', 8), (5, '2023-06-01', 8), (6, '2025-03-01', 8),
  (7, '2025-04-01', 8), (7, '2025-08-01', 7)
"""
_CARD = """
INSERT INTO cards (id, code, key, kind, distributor_id, issued_on, valid_until, status, revision, row_hash,
  holder)
  VALUES (:id, :code, :id, 'personal', 7, :on, '2026-12-31', :status, :id, 0, :holder)
"""


def test_a_year_that_is_locked_already_keeps_the_cards_that_it_has_today(empty_database_url: str) -> None:
    where = database_url(empty_database_url)
    with Database(where) as old, old.writing() as connection:
        command.upgrade(alembic_config(connection), "0028")
        for statement in _CARDS.split(";"):
            connection.execute(text(statement))
        found = [
            (date(2025, 1, 1), "active", None),
            (date(2025, 12, 31), "blocked", 2),
            (date(2025, 6, 1), "active", 2),
            (date(2025, 6, 1), "undone", None),
            (date(2024, 6, 1), "active", None),
            (date(2026, 3, 1), "active", None),
            (date(2025, 4, 1), "active", None),
            (date(2025, 1, 1), "active", None),
        ]
        for number, (on, status, holder) in enumerate(found, start=1):
            values = {"id": number, "code": f"A{number}", "on": on, "status": status, "holder": holder}
            connection.execute(text(_CARD), values)
    with open_database(empty_database_url) as database, database.reading() as connection:
        rows = connection.execute(select(locked_issues).order_by(locked_issues.c.distributor_id)).all()
        issued = issued_in(connection, 2025, People(connection, 2025))
    assert [tuple(row) for row in rows] == [(2025, 7, 2), (2025, 8, 3)], "a person once, with the first issue"
    assert issued == {7: 2, 8: 3}


_LISTS = """
INSERT INTO imports (id, at, file_name, sha256, way, new, changed, unchanged, gone, after_revision,
  upto_revision, withdrawn, erased, undone_at) VALUES
  (1, '2026-01-01', 'a', '', 'cli', 1, 0, 0, 0, 0, 1, 0, 0, NULL),
  (2, '2026-01-02', 'b', '', 'cli', 0, 0, 1, 0, 1, 1, 0, 0, '2026-01-03'),
  (3, '2026-01-03', 'c', '', 'cli', 0, 0, 1, 0, 1, 1, 0, 0, NULL)
"""


def test_what_lists_repeated_that_were_undone_before_is_forgotten_by_the_migration(
    empty_database_url: str,
) -> None:
    with Database(database_url(empty_database_url)) as old, old.writing() as connection:
        command.upgrade(alembic_config(connection), "0033")
        connection.execute(text(_LISTS))
        repeats = Repeats()
        repeats.add(5, ("status",))
        for number in (2, 3):
            repeats.write(connection, number)
    with open_database(empty_database_url) as database, database.reading() as connection:
        assert [word.import_id for word in LaterRepeats(connection, 1).of(5)] == [3]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://u@h/d", "SQLite or PostgreSQL"),
        ("nonsense", "SQLAlchemy's form"),
        ("postgresql://nobody:secret@127.0.0.1:1/none", "cannot be used"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_sentence_without_the_password(url: str, says: str) -> None:
    with pytest.raises(DatabaseError, match=says) as raised:
        open_database(url)
    assert "secret" not in str(raised.value)


def test_a_new_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    file = tmp_path / "fleet.db"
    with open_database(f"sqlite:///{file}"):
        side = [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()]
    assert file.stat().st_mode & 0o777 == 0o600
    assert set(side) == {0o600}


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="cannot be used"):
        open_database(f"sqlite:///{tmp_path / 'none' / 'fleet.db'}")
