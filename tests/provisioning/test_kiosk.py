"""A kiosk's folder is what the agent reads, and belongs to a kiosk that the register knows."""

import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from agent.config import load
from agent.wire.card_key import ListKey
from agent.wire.topics import KIOSK_ID
from provisioning import fleet as fleets
from provisioning.kiosk import KioskNameError, NewKiosk, VenueUnknownError, add
from server.config import Fleet

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Hall:
    id: str = "v-uimahalli"
    name: str = "Rovaniemen uimahalli"
    time_zone: str = "Europe/Stockholm"
    """Not the fleet's."""


@dataclass
class Paper:
    """A register on paper: one venue, and the kiosks written down."""

    full: bool = False
    rotated: ListKey | None = None
    kiosks: list[tuple[str, str, str]] = field(default_factory=list)

    def find_venue(self, id_or_name: str) -> Hall | None:
        return Hall() if id_or_name in (Hall().id, Hall().name) else None

    def list_venues(self) -> list[Hall]:
        return [Hall()]

    def list_key(self, first: ListKey) -> ListKey:
        return self.rotated or first

    def add_kiosk(self, kiosk: str, name: str, venue: str) -> None:
        if self.full:
            raise OSError("no space")
        self.kiosks.append((kiosk, name, venue))


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return fleets.found(tmp_path / "fleet", fleets.new_fleet("broker.example", 8883), NOW)


def new(out: Path, venue: str = "v-uimahalli", name: str | None = None) -> NewKiosk:
    return NewKiosk(venue=venue, name=name, out=out)


def test_the_agent_can_use_the_folder_as_it_is(fleet: Fleet, tmp_path: Path) -> None:
    kiosk = add(fleet, Paper(), new(tmp_path / "k"), NOW)
    config = load(tmp_path / "k" / "kiosk.toml")
    assert KIOSK_ID.fullmatch(kiosk)
    assert (config.kiosk, config.venue, config.zone) == (kiosk, "v-uimahalli", "Europe/Stockholm")
    assert config.broker is not None
    assert config.broker.mutual_tls
    assert (config.broker.host, config.broker.port) == ("broker.example", 8883)
    assert config.broker.ca is not None
    assert config.broker.certificate is not None
    context = ssl.create_default_context(cafile=str(config.broker.ca))
    context.load_cert_chain(config.broker.certificate, config.broker.key)
    assert bytes.fromhex(config.cards.list_key.read_text()) == bytes.fromhex(
        fleets.read(fleet, "list.key").decode()
    )
    assert config.cards.sealing_key.read_bytes() == fleets.read(fleet, "sealing.pub")


def test_the_certificate_carries_the_kiosks_id(fleet: Fleet, tmp_path: Path) -> None:
    kiosk = add(fleet, Paper(), new(tmp_path / "k"), NOW)
    pem = (tmp_path / "k" / "identity" / "kiosk.crt").read_bytes()
    names = x509.load_pem_x509_certificate(pem).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert [name.value for name in names] == [kiosk]


def test_secrets_in_the_folder_are_for_their_owner_only(fleet: Fleet, tmp_path: Path) -> None:
    add(fleet, Paper(), new(tmp_path / "k"), NOW)
    for name in ("", "identity", "identity/kiosk.key", "list.key"):
        assert (tmp_path / "k" / name).stat().st_mode & 0o077 == 0, name


def test_no_secret_of_the_fleet_goes_along(fleet: Fleet, tmp_path: Path) -> None:
    add(fleet, Paper(), new(tmp_path / "k"), NOW)
    contents = b"".join(path.read_bytes() for path in (tmp_path / "k").rglob("*") if path.is_file())
    for name in ("ca.key", "sealing.key", "server/account.key"):
        assert fleets.read(fleet, name).strip() not in contents


def test_the_kiosk_is_entered_under_its_name_or_its_venues(fleet: Fleet, tmp_path: Path) -> None:
    paper = Paper()
    one = add(fleet, paper, new(tmp_path / "1", "Rovaniemen uimahalli"), NOW)
    two = add(fleet, paper, new(tmp_path / "2", name="Pääovi"), NOW)
    assert paper.kiosks == [
        (one, "Rovaniemen uimahalli", "v-uimahalli"),
        (two, "Pääovi", "v-uimahalli"),
    ]


@pytest.mark.parametrize("name", ["", "  ", "a" * 121, "ovi\x07", "Ovi A999 123453", "a999123453"])
def test_a_name_that_cannot_be_shown_is_refused(fleet: Fleet, tmp_path: Path, name: str) -> None:
    with pytest.raises(KioskNameError) as refused:
        add(fleet, paper := Paper(), new(tmp_path / "k", name=name), NOW)
    assert "999" not in str(refused.value)
    assert (paper.kiosks, (tmp_path / "k").exists()) == ([], False)


def test_a_code_for_a_venue_is_not_said_again(fleet: Fleet, tmp_path: Path) -> None:
    with pytest.raises(VenueUnknownError, match="A•••••••53"):
        add(fleet, Paper(), new(tmp_path / "k", "A999123453"), NOW)


def test_an_unknown_venue_is_refused_with_those_there_are(fleet: Fleet, tmp_path: Path) -> None:
    with pytest.raises(VenueUnknownError, match=r"Rovaniemen uimahalli \(v-uimahalli\)"):
        add(fleet, Paper(), new(tmp_path / "k", "Uimahali"), NOW)
    assert not (tmp_path / "k").exists()


def test_where_the_register_fails_there_is_no_folder(fleet: Fleet, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no space"):
        add(fleet, Paper(full=True), new(tmp_path / "k"), NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fleet"]


def test_a_kiosk_that_is_added_after_the_list_key_was_changed_gets_the_new_one(
    fleet: Fleet, tmp_path: Path
) -> None:
    rotated = ListKey(b"another key of thirty-two bytes.")
    add(fleet, Paper(rotated=rotated), new(tmp_path / "k"), NOW)
    assert ListKey.from_hex((tmp_path / "k" / "list.key").read_text()) == rotated
    assert (tmp_path / "k" / "list.key").stat().st_mode & 0o077 == 0
