"""Which databases the server takes, and how long one change waits for another."""

import logging
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from server.adapters.database import BUSY_TIMES, Database, DatabaseError, database_url


@pytest.mark.parametrize("text", ["sqlite://", "sqlite:///", "sqlite:///:memory:"])
def test_a_database_that_forgets_everything_is_refused(text: str) -> None:
    with pytest.raises(DatabaseError, match="names no file"):
        database_url(text)


@pytest.mark.parametrize("text", ["mysql://a/b", "nonsense", "sqlite+aiosqlite:///x.db"])
def test_another_kind_of_database_is_a_sentence(text: str) -> None:
    with pytest.raises(DatabaseError, match="DATABASE_URL"):
        database_url(text)


def test_a_silent_net_is_noticed_unless_the_address_says_otherwise() -> None:
    query = database_url("postgresql://a/b?tcp_user_timeout=1").query
    assert (query["tcp_user_timeout"], query["keepalives_idle"]) == ("1", "5")
    assert not database_url("sqlite:////b").query


def test_postgresql_is_spoken_by_psycopg() -> None:
    assert database_url("postgres://a/b").drivername == "postgresql+psycopg"


def test_a_change_waits_for_the_one_before_it_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "fleet.db"
    with Database(database_url(f"sqlite:///{path}"), busy_s=0.05) as database:
        with database.writing() as connection:
            connection.execute(text("CREATE TABLE t (a INTEGER)"))
        waited = threading.Event()
        with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
            other.execute("BEGIN IMMEDIATE")

            def let_go() -> None:
                waited.wait()
                other.execute("COMMIT")

            class Told(logging.Handler):
                def emit(self, _: logging.LogRecord) -> None:
                    waited.set()

            told, log = Told(), logging.getLogger("kaiku.database")
            log.addHandler(told)
            letting = threading.Thread(target=let_go)
            letting.start()
            try:
                with database.writing() as connection:
                    connection.execute(text("INSERT INTO t VALUES (1)"))
            finally:
                waited.set()
                log.removeHandler(told)
                letting.join()
    assert "Another change is being written" in caplog.text


def test_a_change_does_not_wait_for_ever(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "fleet.db"
    with Database(database_url(f"sqlite:///{path}"), busy_s=0.01) as database:
        with database.reading() as connection:
            connection.execute(text("SELECT 1"))
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(DatabaseError, match="Try again in a minute"), database.writing():
                pass
    assert len(caplog.records) == BUSY_TIMES - 1
