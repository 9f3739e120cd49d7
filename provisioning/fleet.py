"""The fleet's folder: its authority, its keys, and where broker and server are."""

import secrets
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec
from nacl.public import PrivateKey

from agent.config import Port
from agent.wire.card_code import DEFAULT_PATTERN
from agent.wire.card_key import LIST_KEY_BYTES
from agent.wire.topics import new_server_id
from provisioning.files import PRIVATE, FolderTakenError, sync_folder, whole_folder, write
from provisioning.toml_text import toml, with_entry
from server.adapters.authority import Authority, AuthorityBrokenError, Identity

FLEET_FILE: Final = "fleet.toml"
ZONE: Final = "Europe/Helsinki"


class FleetError(Exception):
    """The folder cannot be used; the text says what to do."""


class Broker(msgspec.Struct, frozen=True, kw_only=True):
    """Where kiosks and server find the broker, and who the server is there."""

    host: str
    port: Port
    account: Annotated[str, msgspec.Meta(pattern="^s-[a-z2-7]{10}$")]


class Web(msgspec.Struct, frozen=True, kw_only=True):
    host: str = "127.0.0.1"
    port: Port = 8000


class Cards(msgspec.Struct, frozen=True, kw_only=True):
    """The shape of the fleet's codes."""

    pattern: str = DEFAULT_PATTERN


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """``fleet.toml``. The server reads more of it than provisioning does, so unknown entries stay."""

    broker: Broker
    web: Web = Web()
    cards: Cards = Cards()
    zone: str = ZONE


@dataclass(frozen=True, slots=True)
class Fleet:
    folder: Path
    settings: Settings

    @property
    def authority(self) -> Authority:
        """Raises :class:`FleetError`."""
        try:
            return Authority.load(Identity(self.read("ca.crt"), self.read("ca.key")))
        except AuthorityBrokenError as error:
            raise FleetError(f"{self.folder}: {error}. Put the folder back from its backup.") from error

    def read(self, name: str) -> bytes:
        """One of the fleet's files. Raises :class:`FleetError`."""
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            raise FleetError(
                f"{self.folder / name} cannot be read ({error.strerror}). Put it back from the backup."
            ) from error


def load(folder: Path) -> Fleet:
    """Raises :class:`FleetError`."""
    path = folder / FLEET_FILE
    try:
        document = tomllib.loads(path.read_text())
        return Fleet(folder, msgspec.convert(document, Settings))
    except FileNotFoundError:
        raise FleetError(
            f"{folder} holds no fleet. Make one with: kaiku-provision broker --out FOLDER --fleet {folder}"
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise FleetError(f"{path} cannot be used: {error}. Correct it, or put it back.") from None


def exists(folder: Path) -> bool:
    return (folder / FLEET_FILE).exists()


def found(folder: Path, settings: Settings, now: datetime) -> Fleet:
    """Make a fleet: all of its files, or no folder. Raises :class:`FleetError`."""
    authority = Authority.found(now)
    account = authority.client(settings.broker.account, now)
    sealing = PrivateKey.generate()
    try:
        with whole_folder(folder) as draft:
            write(draft / "ca.crt", authority.certificate)
            write(draft / "ca.key", authority.identity.key, PRIVATE)
            write(draft / "crl.pem", authority.revocations([], now))
            write(draft / "list.key", secrets.token_hex(LIST_KEY_BYTES) + "\n", PRIVATE)
            write(draft / "sealing.key", bytes(sealing).hex() + "\n", PRIVATE)
            write(draft / "sealing.pub", bytes(sealing.public_key).hex() + "\n")
            (draft / "server").mkdir()
            write(draft / "server" / "account.crt", account.certificate)
            write(draft / "server" / "account.key", account.key, PRIVATE)
            (draft / "issued").mkdir()
            write(draft / FLEET_FILE, text(settings))
    except FolderTakenError as error:
        raise FleetError(f"{folder} is there, holds no {FLEET_FILE} and is not empty. {_OTHER}") from error
    except OSError as error:
        raise FleetError(f"{folder} cannot be made: {error.strerror}. {_OTHER}") from error
    return Fleet(folder, settings)


def settle(fleet: Fleet, *, host: str, port: int, web_port: int) -> Fleet:
    """The same fleet at other addresses. What else stands in ``fleet.toml`` stays as it is."""
    path = fleet.folder / FLEET_FILE
    before = path.read_text()
    after = before
    try:
        for table, key, value in (
            ("broker", "host", host),
            ("broker", "port", port),
            ("web", "port", web_port),
        ):
            after = with_entry(after, table, key, value)
    except KeyError as error:
        raise FleetError(f"{path} lacks {error.args[0]}. Add it.") from None
    if after != before:
        write(path, after)
    return load(fleet.folder)


def issue(fleet: Fleet, kiosk: str, now: datetime) -> Identity:
    """A kiosk's identity. Its certificate stays with the fleet, so that it can be revoked by name."""
    identity = fleet.authority.client(kiosk, now)
    issued = fleet.folder / "issued"
    issued.mkdir(exist_ok=True)
    write(issued / f"{kiosk}.crt", identity.certificate)
    sync_folder(fleet.folder)
    return identity


def new_settings(host: str, port: int, *, web_port: int = 8000) -> Settings:
    return Settings(broker=Broker(host=host, port=port, account=new_server_id()), web=Web(port=web_port))


def text(settings: Settings) -> str:
    """``fleet.toml`` for people: short, with what each part is for."""
    return f"""\
# The fleet. Keep this folder as you keep keys: ca.key signs kiosks, sealing.key opens card codes.
zone = {toml(settings.zone)}

# Where kiosks and server find the broker. Paths are beside this file.
[broker]
host = {toml(settings.broker.host)}
port = {toml(settings.broker.port)}
ca = "ca.crt"
certificate = "server/account.crt"
key = "server/account.key"
account = {toml(settings.broker.account)}

# The shape of the codes on the cards, a regular expression.
[cards]
pattern = {toml(settings.cards.pattern)}

# The fleet's page. Bound to this machine only until accounts exist.
[web]
host = {toml(settings.web.host)}
port = {toml(settings.web.port)}
"""


_OTHER: Final = "Name another folder with --fleet."
