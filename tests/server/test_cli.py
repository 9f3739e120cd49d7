"""The command line: what it does, and one clear sentence for what it cannot."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from nacl.public import PrivateKey

from agent.folder_lock import user_among_others_of
from agent.wire.messages import Receipt, ServerState
from agent.wire.sealing import opener
from server.adapters.clock import utc_now
from server.adapters.facts import FactWriter
from server.adapters.lease import lease_of
from server.adapters.migrate import open_database
from server.adapters.places import Places
from server.adapters.store import Store
from server.cli import main
from server.domain.arrivals import BatchArrived
from server.domain.lease import NOBODY
from tests.server.broker import KioskClient, free_port, running_broker, until
from tests.server.fleet_folder import write_fleet
from tests.server.kiosk import KIOSK, NOW, batch, opened, scan
from tests.server.lease import held


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    return write_fleet(tmp_path / "fleet")


def kaiku(fleet: Path, *arguments: str) -> Result:
    environment = {"KAIKU_FLEET": str(fleet), "DATABASE_URL": ""}
    return CliRunner().invoke(main, arguments, env=environment, catch_exceptions=False)


def test_a_missing_file_or_fleet_is_a_sentence(fleet: Path, tmp_path: Path) -> None:
    for result in (kaiku(fleet, "cards", "import", "none.csv"), kaiku(tmp_path, "verify")):
        assert result.exit_code == 1
        assert result.output.startswith("Error: ")
        assert result.output.count("\n") == 1


def test_a_venue_gets_an_id_of_its_name_once(fleet: Path) -> None:
    arguments = ("venues", "add", "--name", "Pääkirjasto", "--area", "Rovaniemi", "--category", "culture")
    assert kaiku(fleet, *arguments).output == "v-paakirjasto\n"
    again = kaiku(fleet, *arguments)
    assert (again.exit_code, "already a venue" in again.output) == (1, True)
    wrong = kaiku(fleet, *arguments, "--zone", "Mars/Base")
    assert (wrong.exit_code, "time zone" in wrong.output) == (1, True)


def test_verify_and_kiosks_of_an_empty_fleet(fleet: Path) -> None:
    assert kaiku(fleet, "verify").output == "0 records, 0 visits: all totals agree.\n"
    assert "No kiosks yet" in kaiku(fleet, "kiosks", "list").output


def test_a_database_that_is_not_one_is_a_sentence(fleet: Path) -> None:
    (fleet / "fleet.db").write_bytes(b"not a database" * 100)
    result = kaiku(fleet, "verify")
    assert result.exit_code == 1
    assert result.output.startswith("Error: The database cannot be used: file is not a database")


@contextmanager
def serving(fleet: Path, *arguments: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A server process and its page's address, once it says it."""
    with subprocess.Popen(
        [sys.executable, "-m", "server.cli", "serve", "--fleet", str(fleet), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
    ) as process:
        try:
            assert process.stdout
            said = process.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+/", said)
            assert found, (said, process.stderr.read() if process.stderr else "")
            yield process, found[0]
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_takes_records_shows_them_and_stops_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    port = free_port()
    fleet = write_fleet(tmp_path / "fleet", broker=f'host = "127.0.0.1"\nport = {port}')
    with open_database(f"sqlite:///{fleet / 'fleet.db'}") as database:
        places = Places(database, utc_now)
        places.add_venue("Uimahalli", "Rovaniemi", "sport", "Europe/Helsinki")
        places.add_kiosk(KIOSK, "Ovi", "v-uimahalli")
    with (
        running_broker(tmp_path, port),
        closing(KioskClient(KIOSK, port)) as kiosk,
        serving(fleet, "--insecure-demo") as (process, address),
    ):
        kiosk.hear(ServerState)
        kiosk.say("records", batch([opened(), scan(1, at=utc_now() - timedelta(seconds=1))]))
        assert kiosk.hear(Receipt, "receipt").upto == 1
        with urlopen(f"{address}api/v1/visits/summary?by=venue", timeout=20) as answer:  # noqa: S310  (ours)
            assert b'"v-uimahalli"' in answer.read()
        process.send_signal(number)
        assert process.wait(20) == 0
        assert process.stderr
        assert "Traceback" not in process.stderr.read()
    assert kaiku(fleet, "verify").output == "2 records, 1 visit: all totals agree.\n"
    assert "Uimahalli" in kaiku(fleet, "kiosks", "list").output


def test_a_server_that_was_killed_waits_for_nobody_when_it_is_back(fleet: Path) -> None:
    with open_database(f"sqlite:///{fleet / 'fleet.db'}") as database:

        def holder() -> str:
            with database.reading() as connection:
                return lease_of(connection).holder

        with serving(fleet, "--insecure-demo"):
            until(lambda: holder() != NOBODY)
            killed = holder()
        with serving(fleet, "--insecure-demo") as (process, _):
            until(lambda: holder() not in {NOBODY, killed})
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
            assert process.stderr
            assert "waiting while" not in process.stderr.read()
        assert holder() == NOBODY


def test_letters_are_listed_and_read_once_more_when_the_key_is_back(fleet: Path) -> None:
    assert kaiku(fleet, "letters", "list").output == "No dead letters: every record could be read.\n"
    with open_database(f"sqlite:///{fleet / 'fleet.db'}") as database:
        places = Places(database, lambda: NOW)
        places.add_venue("Uimahalli", "Rovaniemi", "sport", "Europe/Helsinki")
        places.add_kiosk(KIOSK, "Ovi", "v-uimahalli")
        facts = FactWriter(opener(bytes(PrivateKey.generate())), ZoneInfo("Europe/Helsinki"))
        Store(database, facts, held(database)).write([BatchArrived(KIOSK, NOW, batch([opened(), scan(1)]))])
    listed = kaiku(fleet, "letters", "list").output
    assert listed.startswith(f"2026-11-24T10:00:00Z  {KIOSK}  00000000 1  Uimahalli  the sealed code")
    assert "1 in all" in listed
    key = (fleet / "sealing.key").read_text()
    (fleet / "sealing.key").write_text("11" * 32)
    still = kaiku(fleet, "letters", "retry").output
    assert still.startswith("0 are records now, 1 still cannot be read.\n")
    (fleet / "sealing.key").write_text(key)
    assert kaiku(fleet, "letters", "retry").output == "1 are records now, 0 still cannot be read.\n"
    assert kaiku(fleet, "verify").output == "2 records, 1 visit: all totals agree.\n"


def test_letters_without_the_fleets_key_are_a_sentence(fleet: Path) -> None:
    (fleet / "sealing.key").unlink()
    result = kaiku(fleet, "letters", "retry")
    assert (result.exit_code, "sealing.key is missing" in result.output) == (1, True)


def test_a_port_in_use_is_a_sentence(fleet: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = kaiku(fleet, "serve", "--insecure-demo", "--port", port)
    assert result.exit_code == 1
    assert f"Port {port}" in result.output
    assert "--port" in result.output


def test_serve_refuses_a_broker_without_mutual_tls(fleet: Path) -> None:
    result = kaiku(fleet, "serve")
    assert result.exit_code == 1
    assert "mutual TLS" in result.output


def test_a_backup_is_restored_and_what_was_there_is_kept_aside(fleet: Path) -> None:
    assert "No kiosks yet" in kaiku(fleet, "kiosks", "list").output
    assert kaiku(fleet, "backup", str(fleet / "copy.db")).exit_code == 0
    done = kaiku(fleet, "restore", str(fleet / "copy.db"))
    assert done.exit_code == 0
    assert [path.name for path in fleet.glob("fleet.db.before-*")] != []
    assert kaiku(fleet, "restored").exit_code == 0


def test_a_server_that_runs_is_not_restored_under_its_feet(fleet: Path) -> None:
    kaiku(fleet, "kiosks", "list")
    kaiku(fleet, "backup", str(fleet / "copy.db"))
    with user_among_others_of(fleet, ""):
        done = kaiku(fleet, "restore", str(fleet / "copy.db"))
    assert done.exit_code == 1
    assert "End that one first" in done.output
