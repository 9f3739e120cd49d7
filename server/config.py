"""The fleet folder that provisioning makes: ``fleet.toml`` checked whole, and the keys beside it."""

import ipaddress
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import msgspec

from agent.config import as_path
from agent.told import ToldError
from agent.wire.card_code import DEFAULT_PATTERN, card_pattern
from agent.wire.card_key import ListKey
from agent.zones import zone_named

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]

KEY_BYTES: Final = 32


class ConfigError(ToldError):
    """The folder cannot be used; the text says where and what to do."""


class BrokerConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the broker is, and the server's account there with its mutual TLS (paths beside the file)."""

    host: Annotated[str, msgspec.Meta(min_length=1)]
    port: Port = 8883
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    account: Annotated[str, msgspec.Meta(pattern="^s-[a-z2-7]{10}$")]

    @property
    def tls_files(self) -> tuple[Path, Path, Path] | None:
        """CA, certificate and key, where all three are given."""
        if self.ca and self.certificate and self.key:
            return self.ca, self.certificate, self.key
        return None


class WebConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Port 0 takes a free one."""

    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8000


class CardsConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The shape of the codes on the fleet's cards."""

    pattern: str = DEFAULT_PATTERN


class KeepingConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long visits keep their card's code: whole calendar years after their own."""

    years: Annotated[int, msgspec.Meta(ge=0, le=10)] = 1


class FleetConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    broker: BrokerConfig
    web: WebConfig = WebConfig()
    zone: str = "Europe/Helsinki"
    cards: CardsConfig = CardsConfig()
    count_assistants: bool = False
    keeping: KeepingConfig = KeepingConfig()


@dataclass(frozen=True, slots=True)
class Fleet:
    """A fleet folder that was read."""

    folder: Path
    config: FleetConfig

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.config.zone)

    @property
    def pattern(self) -> re.Pattern[str]:
        return card_pattern(self.config.cards.pattern)

    def list_key(self) -> ListKey:
        return ListKey(_key(self.folder / "list.key"))

    def sealing_key(self) -> bytes:
        """The private key that opens the codes in the kiosks' records."""
        return _key(self.folder / "sealing.key")

    def database_url(self, given: str | None) -> str:
        return given or f"sqlite:///{self.folder / 'fleet.db'}"


def load(folder: Path) -> Fleet:
    """Read ``folder``. Raises :class:`ConfigError`."""
    path = folder / "fleet.toml"
    try:
        with path.open("rb") as file:
            config = msgspec.convert(tomllib.load(file), FleetConfig, dec_hook=as_path)
        card_pattern(config.cards.pattern)
        zone_named(config.zone)
    except FileNotFoundError:
        raise ConfigError(
            f"{path} does not exist. Name the fleet's folder with --fleet or KAIKU_FLEET;"
            " `kaiku-provision broker` makes one."
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from None
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {error}. Correct this entry.") from None
    except re.error as error:
        raise ConfigError(f"{path}: cards.pattern cannot be used: {error}") from None
    except ValueError:
        raise ConfigError(f"{path}: zone is no time zone such as Europe/Helsinki.") from None
    if not is_loopback(config.web.host):
        raise ConfigError(f"{path}: web.host must be 127.0.0.1 until the page has accounts.")
    return Fleet(folder.resolve(), _beside(folder.resolve(), config))


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def broker_refusal(broker: BrokerConfig, *, insecure_demo: bool) -> str | None:
    """Why this broker must not be spoken to, or ``None``."""
    if broker.tls_files:
        return None
    if insecure_demo and is_loopback(broker.host):
        return None
    if insecure_demo:
        return (
            f"The broker {broker.host} is not on this machine: --insecure-demo works on loopback only."
            " Give ca, certificate and key under [broker] in fleet.toml."
        )
    return (
        "The broker has no mutual TLS: give ca, certificate and key under [broker] in fleet.toml"
        " (`kaiku-provision broker` makes them)."
    )


def _key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except FileNotFoundError:
        raise ConfigError(f"{path} is missing. Restore it from a backup of the fleet's folder.") from None
    except (OSError, ValueError):  # neither text nor cause may show a part of a key
        raise ConfigError(
            f"{path} is no key of {2 * KEY_BYTES} hex digits. Restore it from a backup."
        ) from None
    if len(key) != KEY_BYTES:
        raise ConfigError(f"{path} is no key of {2 * KEY_BYTES} hex digits. Restore it from a backup.")
    return key


def _beside(folder: Path, config: FleetConfig) -> FleetConfig:
    broker = config.broker
    files = {
        name: folder / value for name in ("ca", "certificate", "key") if (value := getattr(broker, name))
    }
    for path in files.values():
        if not path.is_file():
            raise ConfigError(f"{path}, named in fleet.toml under [broker], does not exist.")
    replace = msgspec.structs.replace
    return replace(config, broker=replace(broker, **files))
