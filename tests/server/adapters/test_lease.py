"""One row, two processes: the lease changes hands, and what is written under an old term is not."""

import threading
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text, update

from server.adapters.clock import utc_now
from server.adapters.database import Database
from server.adapters.facts import FactWriter
from server.adapters.lease import StoredLease, forget_holder, hold, lease_of
from server.adapters.migrate import open_database
from server.adapters.places import Places
from server.adapters.record_tables import records
from server.adapters.store import Store
from server.adapters.tables import lease, presence
from server.domain.arrivals import BatchArrived
from server.domain.lease import LENGTH_S, Lease
from server.ingest_ports import TermOver
from tests.server.kiosk import KIOSK, NOW, batch, open_code, opened, scan

_A_DAY_AHEAD = """
CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql
AS $$ SELECT pg_catalog.clock_timestamp() + interval '1 day' $$
"""


def run_out(database: Database) -> None:
    """As if the holder had been silent for as long as a lease lasts."""
    with database.writing() as connection:
        until = lease_of(connection).until
        connection.execute(update(lease).values(until=until - timedelta(seconds=LENGTH_S)))


def store_under(database: Database, mine: Lease) -> Store:
    return Store(database, FactWriter(open_code, ZoneInfo("Europe/Helsinki")), mine)


def test_one_takes_it_the_other_waits_until_it_has_run_out(database: Database) -> None:
    first, second = StoredLease(database, "first"), StoredLease(database, "second")
    mine = first.take()
    assert (mine.holder, second.take()) == ("first", mine)
    run_out(database)
    assert (second.take().holder, first.take().holder) == ("second", "second")
    assert second.take().term > mine.term


def test_a_renewal_keeps_it(database: Database) -> None:
    mine = StoredLease(database, "first").take()
    run_out(database)
    store_under(database, mine).renew()
    kept = StoredLease(database, "second").take()
    assert (kept.holder, kept.term) == ("first", mine.term)


def test_what_is_given_back_is_the_next_one_s_at_once_and_only_the_holder_gives_it_back(
    database: Database,
) -> None:
    first, second = StoredLease(database, "first"), StoredLease(database, "second")
    first.take()
    second.give_back()
    assert second.take().holder == "first"
    first.give_back()
    assert second.take().holder == "second"


def test_a_holder_that_has_died_for_certain_is_forgotten(database: Database) -> None:
    StoredLease(database, "first").take()
    forget_holder(database)
    assert StoredLease(database, "second").take().holder == "second"


def test_one_whose_term_is_over_writes_nothing_announces_nothing_and_cannot_renew(database: Database) -> None:
    places = Places(database, lambda: NOW)
    places.add_venue("Uimahalli", "Rovaniemi", "sport", "Europe/Helsinki")
    places.add_kiosk(KIOSK, "Ovi", "v-uimahalli")
    store = store_under(database, StoredLease(database, "first").take())
    arrived = [BatchArrived(KIOSK, NOW, batch([opened(), scan(1)]))]
    run_out(database)
    assert StoredLease(database, "second").take().holder == "second"
    for act in (lambda: store.write(arrived), store.list_state, store.renew):
        with pytest.raises(TermOver, match=r"the turn of second \(term 2\)"):
            act()
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(records)) == 0
        assert connection.scalar(select(func.count()).select_from(presence)) == 0
        assert lease_of(connection).holder == "second"


def test_what_has_run_out_is_still_the_holder_s_while_nobody_else_took_it(database: Database) -> None:
    store = store_under(database, StoredLease(database, "first").take())
    run_out(database)
    store.write([])


def test_nobody_takes_it_while_something_is_written_under_it(database: Database) -> None:
    mine = StoredLease(database, "first").take()
    run_out(database)
    happened: list[str] = []

    def take() -> None:
        happened.append(StoredLease(database, "second").take().holder)

    taker = threading.Thread(target=take)
    with database.writing() as connection:
        hold(connection, mine)
        taker.start()
        taker.join(0.5)  # it would come between now
        happened.append("written")
    taker.join()
    assert happened == ["written", "second"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_machines_go_by_their_database_s_clock(database: Database, database_url: str) -> None:
    with database.writing() as connection:
        connection.execute(text(_A_DAY_AHEAD))
        name = connection.engine.url.database
        connection.execute(text(f"ALTER DATABASE {name} SET search_path = public, pg_catalog"))
    with open_database(database_url) as again:
        assert StoredLease(again, "first").take().until > utc_now() + timedelta(hours=23)
        assert StoredLease(again, "second").take().holder == "first"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_process_that_sleeps_in_a_transaction_does_not_keep_the_lease_for_ever(database: Database) -> None:
    """Its session is ended; a SQLite file is locked as a whole until that process wakes or dies."""
    ask = text("SHOW idle_in_transaction_session_timeout")
    mine = StoredLease(database, "first").take()
    with database.writing() as connection:
        hold(connection, mine)
        assert connection.scalar(ask) == f"{LENGTH_S:.0f}s"
    with database.writing() as connection:
        assert connection.scalar(ask) == "0"
