"""Two real servers on one database: one takes records in, the other stands by, whatever befalls the first."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from agent.wire.messages import Receipt, ServerState, Status
from server.adapters.clock import utc_now
from server.adapters.migrate import open_database
from server.adapters.places import Places
from server.adapters.record_tables import records
from server.adapters.verify import verify
from server.web.live import BEAT_S
from tests.end_to_end.processes import Program, wait_until
from tests.server.broker import KioskClient, free_port, running_broker
from tests.server.fleet_folder import write_fleet
from tests.server.kiosk import BOOT, KIOSK, batch, opened, pair, scan


class Server:
    """One ``kaiku-server serve``."""

    def __init__(self, name: str, fleet: Path, database_url: str, web: httpx.Client) -> None:
        self._web = web
        self._log = fleet / f"{name}.log"
        serve = ("serve", "--fleet", fleet, "--insecure-demo")
        self.program = Program.of_module("server.cli", *serve, log=self._log, DATABASE_URL=database_url)
        self._starts = 0

    def start(self) -> None:
        self._starts += 1
        line = self.program.start().wait_for_line("The fleet's page", self._starts)
        self.address = line.rpartition(" ")[2]

    def takes_in(self) -> bool:
        return bool(self._kiosks()["intake"] == "This server takes the records in.")

    def state(self) -> str:
        """Of the kiosk."""
        return str(self._kiosks()["kiosks"][0]["state"])

    def logged(self, what: str) -> bool:
        return what in self._log.read_text()

    def _kiosks(self) -> Any:  # noqa: ANN401  (what JSON holds)
        return self._web.get(f"{self.address}api/v1/kiosks").json()


class Pair:
    """Two servers on one folder and one database, a broker, and a kiosk that they know."""

    def __init__(self, folder: Path, database_url: str, stack: ExitStack) -> None:
        self._now = utc_now()
        port = free_port()
        fleet = write_fleet(folder / "fleet", broker=f'host = "127.0.0.1"\nport = {port}')
        self.database = stack.enter_context(open_database(database_url))
        places = Places(self.database, utc_now)
        places.add_venue("Uimahalli", "Rovaniemi", "sport", "Europe/Helsinki")
        places.add_kiosk(KIOSK, "Ovi", "v-uimahalli")
        stack.enter_context(running_broker(folder, port))
        self.kiosk = stack.enter_context(closing(KioskClient(KIOSK, port)))
        self.web = web = stack.enter_context(httpx.Client(timeout=20, trust_env=False))
        self.first, self.second = (Server(name, fleet, database_url, web) for name in ("first", "second"))
        for server in (self.first, self.second):
            stack.callback(server.program.kill)
        self.first.start()
        self.since = self.kiosk.hear(ServerState).since
        self.second.start()

    def send(self, *seqs: int) -> None:
        rows = [scan(seq, at=self._now) if seq else opened(self._now) for seq in seqs]
        self.kiosk.say("records", batch(rows, clock=pair(self._now)))

    def names(self) -> Counter[int]:
        with self.database.reading() as connection:
            return Counter(connection.scalars(select(records.c.seq)))


@pytest.fixture
def servers(tmp_path: Path, database_url: str) -> Iterator[Pair]:
    with ExitStack() as stack:
        yield Pair(tmp_path, database_url, stack)


def test_one_takes_records_in_and_when_it_dies_the_other_does_with_nothing_lost_or_twice(
    servers: Pair,
) -> None:
    first, second, kiosk = servers.first, servers.second, servers.kiosk
    assert (first.takes_in(), second.takes_in()) == (True, False)
    assert "toinen palvelin" in servers.web.get(second.address).text
    with servers.web.stream("GET", f"{second.address}events", timeout=BEAT_S / 2) as page:
        servers.send(0, 1)
        assert kiosk.hear(Receipt, "receipt").upto == 1
        assert any("1\xa0käynti" in line for line in page.iter_lines())
    assert kiosk.is_quiet()

    first.program.kill()
    servers.send(2)  # there is nobody
    wait_until(second.takes_in, "the second server takes the records in")
    state = kiosk.hear(ServerState)
    assert state.since > servers.since  # so a kiosk sends again at once
    servers.send(0, 1, 2)
    assert kiosk.hear(Receipt, "receipt").upto == 2

    first.start()
    assert (first.takes_in(), second.takes_in()) == (False, True)
    assert second.program.stop() == 0
    assert kiosk.hear(ServerState).since > state.since
    servers.send(3)
    assert kiosk.hear(Receipt, "receipt").upto == 3
    assert servers.names() == Counter({0: 1, 1: 1, 2: 1, 3: 1})
    assert verify(servers.database).differences == []


def test_one_that_was_suspended_beyond_its_lease_writes_nothing_and_waits(servers: Pair) -> None:
    first, second, kiosk = servers.first, servers.second, servers.kiosk
    servers.send(0)
    assert kiosk.hear(Receipt, "receipt").upto == 0
    os.kill(first.program.pid, signal.SIGSTOP)
    servers.send(1)  # lies ready for the one that sleeps, as this does
    kiosk.say("status", Status(state="online", boot_id=BOOT, connection=1))
    wait_until(second.takes_in, "the second server takes the records in")
    kiosk.hear(ServerState)
    kiosk.say("status", Status(state="stopped", boot_id=BOOT, connection=1))
    wait_until(lambda: second.state() == "stopped", "the second server was told of the kiosk")

    os.kill(first.program.pid, signal.SIGCONT)
    wait_until(lambda: first.logged("no longer taking the records in"), "the first server has noticed")
    wait_until(lambda: first.logged("waiting while"), "the first server waits")
    assert (first.takes_in(), second.takes_in()) == (False, True)
    assert servers.names() == Counter({0: 1})
    assert second.state() == "stopped"
    servers.send(0, 1)
    assert kiosk.hear(Receipt, "receipt").upto == 1
    assert kiosk.is_quiet()
    assert servers.names() == Counter({0: 1, 1: 1})
    assert verify(servers.database).differences == []
