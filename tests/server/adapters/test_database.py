"""Which databases the server takes."""

import pytest

from server.adapters.database import DatabaseError, database_url


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
