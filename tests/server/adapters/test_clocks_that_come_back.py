"""A kiosk that never knows the time brings a restored server what that once said of its clock."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
import pytest

from agent.adapters.journal_rescue import open_journal
from agent.adapters.simulated.clock import START, SimulatedClock
from agent.adapters.sqlite_journal import SqliteJournal
from agent.known_time import KnownTime
from agent.outbox import message_of
from agent.wire.messages import ClockPair, Health
from agent.wire.records import MAX_BATCH_BYTES
from server.adapters.database import Database
from server.adapters.fleet_state import list_state_of
from server.adapters.migrate import open_database
from server.domain.arrivals import BatchArrived, HealthArrived
from tests.agent.examples import answered
from tests.server.adapters.test_dating import days, seen
from tests.server.kiosk import KIOSK, NOW, batch, opened, pair, scan, stamp
from tests.server.stored_fleet import Fleet

WOKEN: Final = datetime(2025, 1, 1, tzinfo=UTC)
DAYS: Final = 3


class Kiosk:
    """With a real journal. Its calendar stands in 2025 at each boot, and nobody ever sets it."""

    def __init__(self, path: Path) -> None:
        self.journal = SqliteJournal(path)
        self.boots = 0
        self.now = NOW

    def boot(self, now: datetime) -> None:
        self.boots += 1
        self.now = now
        self.clock = SimulatedClock(
            replace(START, boot_id=f"boot-{self.boots}", wall_utc=WOKEN, synced=False)
        )
        self.known = KnownTime(self.clock, None)
        self.journal.start(self.clock.now(), "0", "start")

    def wait(self, hours: float) -> None:
        self.now += timedelta(hours=hours)
        self.clock.advance(hours * 3600)

    def is_shown_a_card(self) -> None:
        ref = self.journal.append(msgspec.structs.replace(scan(1), clock=self.clock.now().stamp()), 7)
        answered(self.journal, ref, 0)

    def sends_all(self, fleet: Fleet) -> None:
        while sent := self.journal.batch(100, MAX_BATCH_BYTES):
            rows = message_of(sent, self.known.now(), "ntp")
            ((_, receipt),) = fleet.store.write([BatchArrived(KIOSK, self.now, rows)]).receipts
            assert isinstance(receipt.heard, ClockPair)
            self.known.told(receipt.heard)
            self.journal.receipt(receipt)


def generation(database: Database) -> str:
    with database.reading() as connection:
        return list_state_of(connection).generation


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    kiosk = Kiosk(tmp_path / "journal.db")
    yield kiosk
    kiosk.journal.close()


def test_a_restored_server_dates_the_visits_of_boots_without_time_as_the_lost_one_did(
    kiosk: Kiosk, database: Database, tmp_path: Path
) -> None:
    with open_database(f"sqlite:///{tmp_path}/lost.db") as lost:
        before = Fleet(lost)
        kiosk.journal.server_is(generation(lost))
        for day in range(DAYS, 0, -1):
            kiosk.boot(NOW - timedelta(days=day))
            kiosk.wait(2)
            kiosk.is_shown_a_card()
            kiosk.wait(1)
            kiosk.sends_all(before)
        told = seen(before), days(before)
        assert [when for _, when in told[0]] == [NOW - timedelta(days=day, hours=-2) for day in (3, 2, 1)]
    after = Fleet(database)
    kiosk.boot(NOW)
    assert kiosk.journal.server_is(generation(database))
    kiosk.sends_all(after)
    assert (seen(after), days(after)) == told
    assert after.agrees()


def test_what_the_server_says_is_the_best_time_that_it_knows(kiosk: Kiosk, database: Database) -> None:
    fleet = Fleet(database)
    kiosk.boot(NOW)
    assert kiosk.known.now().best_utc is None
    kiosk.journal.server_is(generation(database))
    kiosk.sends_all(fleet)
    kiosk.wait(5)
    assert kiosk.known.now().best_utc == NOW + timedelta(hours=5)
    assert kiosk.known.now().stamp().wall_utc == WOKEN + timedelta(hours=5)


def test_a_receipt_repeats_the_stopwatch_with_the_time_it_is_taken_for(
    database: Database,
) -> None:
    fleet = Fleet(database)
    wrong = pair(WOKEN, boottime_ms=5_000)
    ((_, receipt),) = fleet.send(batch([opened()], clock=wrong)).receipts
    assert receipt.heard == ClockPair(boot_id=wrong.boot_id, boottime_ms=5_000, utc=NOW, source="server")
    right = pair(NOW - timedelta(seconds=3), boottime_ms=9_000)
    ((_, receipt),) = fleet.send(batch([scan(1)], clock=right)).receipts
    assert isinstance(receipt.heard, ClockPair)
    assert receipt.heard.utc == NOW - timedelta(seconds=3)


@pytest.mark.parametrize("boot", ["", "da\0rk"])
def test_of_a_boot_without_a_name_nothing_is_said(database: Database, boot: str) -> None:
    ((_, receipt),) = Fleet(database).send(batch([opened()], clock=pair(boot=boot))).receipts
    assert receipt.heard is msgspec.UNSET


def test_what_comes_back_of_the_batch_s_own_boot_is_not_believed(database: Database) -> None:
    """The server has heard that clock itself, this very moment."""
    fleet = Fleet(database)
    own = msgspec.structs.replace(pair(boottime_ms=5_000), source="trusted")
    lies = msgspec.structs.replace(own, utc=NOW - timedelta(days=9), source="server")
    fleet.send(msgspec.structs.replace(batch([opened()], clock=own), heard=lies))
    late = scan(1, clock=stamp(WOKEN, synced=False, boottime_ms=5_000))
    fleet.send(batch([late], clock=pair(boot="the next")), at=NOW + timedelta(hours=5))
    assert seen(fleet) == [("repaired", NOW)]


def test_a_start_before_a_damaged_journal_is_dated_as_before_the_restore(
    kiosk: Kiosk, database: Database, tmp_path: Path
) -> None:
    """Nobody heard its boot. The start that followed does not know all of it, and bounds it all the same."""
    with open_database(f"sqlite:///{tmp_path}/lost.db") as lost:
        before = Fleet(lost)
        kiosk.boot(NOW - timedelta(days=2))
        kiosk.wait(2)
        kiosk.is_shown_a_card()
        kiosk.journal.close()
        with (tmp_path / "journal.db").open("r+b") as file:
            file.write(bytes(4096))
        kiosk.journal = open_journal(tmp_path / "journal.db")
        kiosk.journal.server_is(generation(lost))
        kiosk.boot(NOW - timedelta(days=1))
        kiosk.wait(3)
        kiosk.sends_all(before)
        told = seen(before), days(before)
        assert [when for _, when in told[0]] == [NOW - timedelta(days=1)]
    after = Fleet(database)
    kiosk.boot(NOW + timedelta(days=2))
    assert kiosk.journal.server_is(generation(database))
    kiosk.sends_all(after)
    assert (seen(after), days(after)) == told


def test_a_boot_of_which_a_sign_of_life_alone_was_heard_is_dated_by_that_before_and_after_a_restore(
    kiosk: Kiosk, database: Database, tmp_path: Path
) -> None:
    """Its batches were lost on a bad line. The receipt says what the kiosk is to keep of that boot."""
    with open_database(f"sqlite:///{tmp_path}/lost.db") as lost:
        before = Fleet(lost)
        kiosk.journal.server_is(generation(lost))
        kiosk.boot(NOW - timedelta(days=2))
        kiosk.wait(2)
        kiosk.is_shown_a_card()
        kiosk.wait(1)
        clock = kiosk.clock.now().pair("ntp")
        health = Health(clock=clock, waiting=2, oldest_s=None, list_age_s=None)
        before.store.write([HealthArrived(KIOSK, kiosk.now, health)])
        kiosk.boot(NOW - timedelta(days=1))
        kiosk.sends_all(before)
        told = seen(before), days(before)
        assert told[0] == [("repaired", NOW - timedelta(days=2, hours=-2))]
    after = Fleet(database)
    kiosk.boot(NOW)
    assert kiosk.journal.server_is(generation(database))
    kiosk.sends_all(after)
    assert (seen(after), days(after)) == told
