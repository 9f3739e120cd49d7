"""The fleet's folder comes whole, keeps its keys to itself, and says what is wrong with it."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nacl.public import PrivateKey

from agent.wire.card_code import CardCode
from agent.wire.card_key import ListKey
from agent.wire.sealing import seal, unseal
from agent.wire.topics import SERVER_ID, new_kiosk_id
from provisioning import fleet as fleets
from provisioning.fleet import FleetError
from server.adapters.authority import serial_of
from server.config import Fleet, load

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return fleets.found(tmp_path / "fleet", fleets.new_fleet("broker.example", 8883), NOW)


def test_secrets_are_for_their_owner_only(fleet: Fleet) -> None:
    secrets = ("ca.key", "list.key", "sealing.key", "server/account.key")
    assert {name: (fleet.folder / name).stat().st_mode & 0o077 for name in secrets} == dict.fromkeys(
        secrets, 0
    )
    assert fleet.folder.stat().st_mode & 0o077 == 0


def test_what_a_kiosk_seals_the_fleet_opens(fleet: Fleet) -> None:
    public = bytes.fromhex(fleets.read(fleet, "sealing.pub").decode())
    private = bytes.fromhex(fleets.read(fleet, "sealing.key").decode())
    assert bytes(PrivateKey(private).public_key) == public
    assert unseal(seal(CardCode("A999123453"), public), private) == CardCode("A999123453")


def test_the_list_key_is_one(fleet: Fleet) -> None:
    ListKey.from_hex(fleets.read(fleet, "list.key").decode())


def test_the_fleet_says_where_broker_and_page_are(fleet: Fleet) -> None:
    document = tomllib.loads((fleet.folder / "fleet.toml").read_text())
    broker = document["broker"]
    assert (broker["host"], broker["port"]) == ("broker.example", 8883)
    assert SERVER_ID.fullmatch(broker["account"])
    assert document["web"]["host"] == "127.0.0.1"
    for name in ("ca", "certificate", "key"):
        assert (fleet.folder / broker[name]).exists()


def test_a_fleet_comes_back_from_its_folder(fleet: Fleet) -> None:
    assert load(fleet.folder) == fleet


def test_a_change_of_address_keeps_what_a_person_added(fleet: Fleet) -> None:
    path = fleet.folder / "fleet.toml"
    path.write_text("count_assistants = true\n" + path.read_text())
    moved = fleets.settle(load(fleet.folder), host="elsewhere", port=1)
    assert (moved.config.broker.host, moved.config.broker.port) == ("elsewhere", 1)
    assert moved.config.count_assistants


def test_a_kiosks_certificate_stays_with_the_fleet_and_its_key_does_not(fleet: Fleet) -> None:
    kiosk = new_kiosk_id()
    identity = fleets.issue(fleet, kiosk, NOW)
    kept = (fleet.folder / "issued" / f"{kiosk}.crt").read_bytes()
    assert serial_of(kept) == serial_of(identity.certificate)
    files = [path for path in fleet.folder.rglob("*") if path.is_file()]
    assert not any(identity.key in path.read_bytes() for path in files)


def test_a_folder_of_somebody_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(FleetError, match="--fleet"):
        fleets.found(tmp_path, fleets.new_fleet("localhost", 8883), NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_lost_key_is_named(fleet: Fleet) -> None:
    (fleet.folder / "ca.key").unlink()
    with pytest.raises(FleetError, match=r"ca\.key .*backup"):
        fleets.authority_of(fleet)
