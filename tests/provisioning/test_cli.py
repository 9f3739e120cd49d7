"""The command line, on the real store: two commands make a kiosk, and each mistake is one sentence."""

import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agent.config import load as load_kiosk
from provisioning.adapters.store import open_places
from provisioning.cli import main
from server.config import load
from tests.provisioning.mosquitto import free_port, needs_mosquitto, running


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    folder = tmp_path / "fleet"
    done = run("broker", "--fleet", folder, "--out", tmp_path / "broker", "--host", "broker.example")
    assert done.exit_code == 0, done.output
    with open_places(load(folder), None) as places:
        places.add_venue("Rovaniemen uimahalli", "Rovaniemi", "sport", "Europe/Helsinki")
    return folder


@pytest.mark.parametrize("venue", ["Rovaniemen uimahalli", "v-rovaniemen-uimahalli"])
def test_a_kiosk_is_added_by_its_venues_name_or_id(fleet: Path, tmp_path: Path, venue: str) -> None:
    done = run("add", "--fleet", fleet, "--venue", venue, "--name", "Pääovi", "--out", tmp_path / "k")
    assert done.exit_code == 0, done.output
    config = load_kiosk(tmp_path / "k" / "kiosk.toml")
    assert config.venue == "v-rovaniemen-uimahalli"
    assert config.kiosk in done.output
    assert config.broker is not None
    assert config.broker.host == "broker.example"


def test_a_folder_that_is_there_is_not_touched_and_no_kiosk_is_made(fleet: Path, tmp_path: Path) -> None:
    (tmp_path / "k").mkdir()
    (tmp_path / "k" / "mine.txt").write_text("mine")
    done = run("add", "--fleet", fleet, "--venue", "Rovaniemen uimahalli", "--out", tmp_path / "k")
    assert done.exit_code == 1
    assert "not empty" in done.output
    assert list((fleet / "issued").iterdir()) == []


def test_an_unknown_venue_is_told_with_the_known_ones(fleet: Path, tmp_path: Path) -> None:
    done = run("add", "--fleet", fleet, "--venue", "Uimahali", "--out", tmp_path / "k")
    assert done.exit_code == 1
    assert "v-rovaniemen-uimahalli" in done.output
    assert not (tmp_path / "k").exists()


def test_a_new_broker_address_goes_to_the_kiosks_added_from_then_on(fleet: Path, tmp_path: Path) -> None:
    run("broker", "--fleet", fleet, "--out", tmp_path / "broker", "--host", "new.example", "--port", "8884")
    run("add", "--fleet", fleet, "--venue", "Rovaniemen uimahalli", "--out", tmp_path / "k")
    broker = load_kiosk(tmp_path / "k" / "kiosk.toml").broker
    assert broker is not None
    assert (broker.host, broker.port) == ("new.example", 8884)
    assert "listener 8884\n" in (tmp_path / "broker" / "mosquitto.conf").read_text()


def test_a_broker_without_a_name_listens_on_this_machine_only(tmp_path: Path) -> None:
    done = run("broker", "--fleet", tmp_path / "fleet", "--out", tmp_path / "broker")
    assert done.exit_code == 0, done.output
    assert "listener 8883 127.0.0.1\n" in (tmp_path / "broker" / "mosquitto.conf").read_text()


def test_a_kiosk_is_revoked_by_its_id(fleet: Path, tmp_path: Path) -> None:
    run("add", "--fleet", fleet, "--venue", "Rovaniemen uimahalli", "--out", tmp_path / "k")
    kiosk = load_kiosk(tmp_path / "k" / "kiosk.toml").kiosk
    before = (fleet / "crl.pem").read_bytes()
    assert run("revoke", "--fleet", fleet, kiosk).exit_code == 0
    assert (fleet / "crl.pem").read_bytes() != before


@pytest.mark.parametrize(
    "arguments",
    [("revoke", "k-aaaaaaaaaa"), ("revoke", "../ca"), ("add", "--venue", "x", "--out", "/proc/none/k")],
)
def test_a_mistake_is_one_sentence_without_a_trace(fleet: Path, arguments: tuple[str, ...]) -> None:
    done = run(arguments[0], "--fleet", fleet, *arguments[1:])
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert done.output.count("\n") == 1


def test_a_broken_fleet_file_is_one_sentence(fleet: Path, tmp_path: Path) -> None:
    (fleet / "fleet.toml").write_text("[broker")
    done = run("add", "--fleet", fleet, "--venue", "x", "--out", tmp_path / "k")
    assert done.exit_code == 1
    assert "fleet.toml" in done.output
    assert done.output.count("\n") == 1


def test_no_secret_is_printed(tmp_path: Path) -> None:
    done = run("broker", "--fleet", tmp_path / "fleet", "--out", tmp_path / "broker")
    for name in ("list.key", "sealing.key"):
        assert (tmp_path / "fleet" / name).read_text().strip() not in done.output


@pytest.mark.parametrize("host", ["häme.fi", "https://x y/", "-a", "a..b", ""])
def test_what_is_no_host_name_is_a_sentence_and_makes_no_fleet(host: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main, ["broker", "--fleet", str(tmp_path / "f"), "--out", str(tmp_path / "b"), "--host", host]
    )
    assert done.exit_code == 1
    assert "no host name or address" in done.output
    assert not (tmp_path / "f").exists()


def test_a_kiosk_is_never_added_to_a_fleet_that_is_not_there(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main, ["add", "--fleet", str(tmp_path / "f"), "--venue", "V", "--out", str(tmp_path / "k")]
    )
    assert done.exit_code == 1
    assert "does not exist" in done.output
    assert not (tmp_path / "f").exists()


@needs_mosquitto
def test_a_broker_can_be_started_by_whom_made_it(tmp_path: Path) -> None:
    """Also by root: Mosquitto becomes its own user before it reads its key."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        out, port = Path(folder) / "broker", free_port()
        run("broker", "--fleet", tmp_path / "fleet", "--out", out, "--port", str(port))
        with running(out / "mosquitto.conf", port, tmp_path / "log"):
            pass
