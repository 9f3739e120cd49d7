"""A copy while the store is written to, and the way back with another generation."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server.adapters.backup import BackupError, back_up, rename_generation, restore
from server.adapters.database import Database
from server.adapters.facts import FactWriter
from server.adapters.figures import StoredFigures
from server.adapters.fleet_state import list_state_of
from server.adapters.migrate import open_database
from server.adapters.places import Places
from server.adapters.store import Store
from server.adapters.verify import verify
from server.domain.arrivals import BatchArrived
from tests.server.kiosk import KIOSK, NOW, batch, open_code, opened, scan
from tests.server.lease import held

HELSINKI = ZoneInfo("Europe/Helsinki")


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


def silent(done: int, pages: int) -> None:
    assert 0 <= done <= pages


def generation(file: Path) -> str:
    with open_database(url_of(file)) as database, database.reading() as connection:
        return list_state_of(connection).generation


def visits(file: Path) -> int:
    with open_database(url_of(file)) as database:
        figures = StoredFigures(database, HELSINKI, lambda: NOW, count_assistants=False)
        assert verify(database).differences == []
        return sum(row.visits for row in figures.summary(None, None, "venue").rows)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A fleet with one kiosk and its opening."""
    made = tmp_path / "fleet.db"
    with open_database(url_of(made)) as database:
        places = Places(database, lambda: NOW)
        places.add_venue("Uimahalli", "Rovaniemi", "sport", "Europe/Helsinki")
        places.add_kiosk(KIOSK, "Ovi", "v-uimahalli")
        send(database, 0, 0)
    return made


def send(database: Database, first: int, last: int) -> None:
    rows = [opened() if seq == 0 else scan(seq) for seq in range(first, last + 1)]
    Store(database, FactWriter(open_code, HELSINKI), held(database)).write(
        [BatchArrived(KIOSK, NOW, batch(rows))]
    )


def test_a_backup_is_of_one_moment_while_the_store_is_written_to(file: Path, tmp_path: Path) -> None:
    with open_database(url_of(file)) as database:

        def write() -> None:
            for seq in range(1, 101):
                send(database, seq, seq)

        writer = threading.Thread(target=write)
        writer.start()
        back_up(url_of(file), tmp_path / "copy.db", silent)
        writer.join()
    assert visits(file) == 100
    assert 0 <= visits(tmp_path / "copy.db") <= 100
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600


def test_a_restored_store_is_as_it_was_and_says_that_it_is_another(file: Path, tmp_path: Path) -> None:
    with open_database(url_of(file)) as database:
        send(database, 1, 3)
    back_up(url_of(file), tmp_path / "copy.db", silent)
    with open_database(url_of(file)) as database:
        send(database, 4, 9)
    before = generation(file)
    restore(url_of(file), tmp_path / "copy.db", tmp_path / "aside.db", silent)
    assert (visits(file), visits(tmp_path / "aside.db"), visits(tmp_path / "copy.db")) == (3, 9, 3)
    assert generation(file) not in (before, "")
    assert generation(tmp_path / "aside.db") == before


def test_it_is_restored_also_where_nothing_is_left(file: Path, tmp_path: Path) -> None:
    back_up(url_of(file), tmp_path / "copy.db", silent)
    file.unlink()
    restore(url_of(file), tmp_path / "copy.db", tmp_path / "aside.db", silent)
    assert visits(file) == 0


def test_any_database_can_say_that_it_was_restored(database: Database) -> None:
    with database.reading() as connection:
        before = list_state_of(connection).generation
    rename_generation(database)
    with database.reading() as connection:
        assert list_state_of(connection).generation != before


@pytest.mark.parametrize("broken", ["absent", "text", "other", "torn"])
def test_what_is_no_whole_backup_changes_nothing(file: Path, tmp_path: Path, broken: str) -> None:
    bad = tmp_path / "bad.db"
    if broken == "text":
        bad.write_text("not a database")
    elif broken == "other":
        with closing(sqlite3.connect(bad)) as other:
            other.execute("CREATE TABLE t (x)")
    elif broken == "torn":
        back_up(url_of(file), bad, silent)
        bad.write_bytes(bad.read_bytes()[:9000])
    before = generation(file)
    with pytest.raises(BackupError, match="kaiku-server backup"):
        restore(url_of(file), bad, tmp_path / "aside.db", silent)
    assert generation(file) == before
    assert not (tmp_path / "aside.db").exists()


def test_a_backup_overwrites_nothing_and_says_what_it_cannot(file: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="exists already"):
        back_up(url_of(file), file, silent)
    with pytest.raises(BackupError, match="cannot be written"):
        back_up(url_of(file), tmp_path / "none" / "copy.db", silent)
    with pytest.raises(BackupError, match="nothing to back up"):
        back_up(url_of(tmp_path / "none.db"), tmp_path / "copy.db", silent)
    with pytest.raises(BackupError, match="pg_dump"):
        back_up("postgresql://host/name", tmp_path / "copy.db", silent)
