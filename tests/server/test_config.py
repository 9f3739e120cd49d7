"""The fleet's folder is read whole or refused with a sentence."""

from pathlib import Path

import pytest

from agent.zones import zone_named
from server.config import BrokerConfig, ConfigError, broker_refusal, is_loopback, load
from tests.server.fleet_folder import write_fleet

NO_ZONES = ["localtime", "posixrules", "Factory", "Europe", "right/Europe/Helsinki", "", "../x", "zone.tab"]


def test_a_folder_is_read_with_its_keys_and_database(tmp_path: Path) -> None:
    fleet = load(write_fleet(tmp_path))
    assert len(fleet.sealing_key()) == 32
    assert repr(fleet.list_key()) == "ListKey(•••)"
    assert fleet.database_url(None) == f"sqlite:///{tmp_path / 'fleet.db'}"
    assert fleet.database_url("postgresql://h/d") == "postgresql://h/d"
    assert (fleet.zone.key, fleet.config.web.host) == ("Europe/Helsinki", "127.0.0.1")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("zone = ", "cannot be read"),
        ("[web]\nport = 1", "missing required field `broker`"),
        ('[broker]\nhost = "x"\naccount = "me"', r"broker\.account"),
        ('nonsense = 1\n[broker]\nhost = "x"\naccount = "s-aaaaaaaaaa"', "nonsense"),
        ('zone = "Mars"\n[broker]\nhost = "x"\naccount = "s-aaaaaaaaaa"', "time zone"),
        ('[broker]\nhost = "x"\naccount = "s-aaaaaaaaaa"\n[cards]\npattern = "("', "pattern"),
        ('[broker]\nhost = "x"\naccount = "s-aaaaaaaaaa"\n[cards]\npattern = ".*"', "empty text"),
        ('[broker]\nhost = "x"\naccount = "s-aaaaaaaaaa"\n[web]\nhost = "0.0.0.0"', r"127\.0\.0\.1"),
        ('[broker]\nhost = "x"\naccount = "s-aaaaaaaaaa"\nca = "none.crt"', r"none\.crt"),
    ],
)
def test_a_file_that_cannot_be_used_says_where(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "fleet.toml").write_text(text)
    with pytest.raises(ConfigError, match=says):
        load(tmp_path)


@pytest.mark.parametrize("zone", NO_ZONES)
def test_a_file_or_folder_beside_the_zones_is_none(tmp_path: Path, zone: str) -> None:
    with pytest.raises(ValueError, match=r"^no such time zone$"):
        zone_named(zone)
    (tmp_path / "fleet.toml").write_text(f'zone = "{zone}"\n[broker]\nhost = "x"\naccount = "s-aaaaaaaaaa"\n')
    with pytest.raises(ConfigError, match=r"zone is no time zone such as Europe/Helsinki\.$"):
        load(tmp_path)


def test_a_missing_folder_says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="kaiku-provision"):
        load(tmp_path / "none")


@pytest.mark.parametrize("content", ["", "abc", "zz" * 32, "00" * 31])
def test_a_broken_key_is_not_shown(tmp_path: Path, content: str) -> None:
    fleet = load(write_fleet(tmp_path))
    (tmp_path / "sealing.key").write_text(content)
    with pytest.raises(ConfigError, match="64 hex digits") as raised:
        fleet.sealing_key()
    assert not content or content not in str(raised.value)
    (tmp_path / "sealing.key").unlink()
    with pytest.raises(ConfigError, match="missing"):
        fleet.sealing_key()


def broker(host: str, *, tls: bool) -> BrokerConfig:
    file = Path("file") if tls else None
    return BrokerConfig(host=host, account="s-aaaaaaaaaa", ca=file, certificate=file, key=file)


@pytest.mark.parametrize(
    ("host", "tls", "insecure_demo", "refused"),
    [
        ("broker.example", True, False, False),
        ("127.0.0.1", False, False, True),
        ("127.0.0.1", False, True, False),
        ("localhost", False, True, False),
        ("broker.example", False, True, True),
        ("192.168.1.2", False, True, True),
    ],
)
def test_a_broker_without_mutual_tls_is_for_a_demo_on_loopback_only(
    host: str, *, tls: bool, insecure_demo: bool, refused: bool
) -> None:
    assert (broker_refusal(broker(host, tls=tls), insecure_demo=insecure_demo) is not None) == refused


def test_what_loopback_is() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost")))
    assert not any(map(is_loopback, ("", "0.0.0.0", "127.0.0.1.example.org", "10.0.0.1")))  # noqa: S104
