"""The fleet's folder: its authority, its keys, and where broker and server are."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from nacl.public import PrivateKey

from agent.told import ToldError
from agent.wire.card_code import DEFAULT_PATTERN
from agent.wire.card_key import LIST_KEY_BYTES
from agent.wire.topics import new_server_id
from provisioning.files import PRIVATE, FolderTakenError, sync_folder, whole_folder, write
from provisioning.toml_text import toml, with_entry
from server.adapters.authority import Authority, AuthorityBrokenError, Identity
from server.config import Fleet, load

FLEET_FILE: Final = "fleet.toml"
TEST_CARD: Final = "test.card"
_OTHER: Final = "Name another folder with --fleet."


class FleetError(ToldError):
    """The folder cannot be used; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetText:
    """What differs from fleet to fleet in ``fleet.toml``."""

    host: str
    port: int
    account: str
    web_port: int = 8000
    insecure: bool = False
    """For the demo's loopback broker, which knows no certificates."""


def exists(folder: Path) -> bool:
    return (folder / FLEET_FILE).exists()


def found(folder: Path, text: FleetText, now: datetime) -> Fleet:
    """Make a fleet: all of its files, or no folder. Raises :class:`FleetError`."""
    authority = Authority.found(now)
    account = authority.client(text.account, now)
    sealing = PrivateKey.generate()
    try:
        with whole_folder(folder) as draft:
            write(draft / "ca.crt", authority.certificate)
            write(draft / "ca.key", authority.identity.key, PRIVATE)
            write(draft / "crl.pem", authority.revocations([], now))
            write(draft / "list.key", secrets.token_hex(LIST_KEY_BYTES) + "\n", PRIVATE)
            write(draft / TEST_CARD, new_test_card(), PRIVATE)
            write(draft / "sealing.key", bytes(sealing).hex() + "\n", PRIVATE)
            write(draft / "sealing.pub", bytes(sealing.public_key).hex() + "\n")
            (draft / "server").mkdir()
            write(draft / "server" / "account.crt", account.certificate)
            write(draft / "server" / "account.key", account.key, PRIVATE)
            (draft / "issued").mkdir()
            write(draft / FLEET_FILE, fleet_toml(text))
    except FolderTakenError as error:
        raise FleetError(f"{folder} is there, holds no {FLEET_FILE} and is not empty. {_OTHER}") from error
    except OSError as error:
        raise FleetError(f"{folder} cannot be made: {error.strerror}. {_OTHER}") from error
    return load(folder)


def test_card_of(fleet: Fleet) -> bytes:
    """The text of the fleet's test card; made for a fleet that had none yet."""
    path = fleet.folder / TEST_CARD
    if not path.exists():
        write(path, new_test_card(), PRIVATE)
    return read(fleet, TEST_CARD)


def new_test_card() -> str:
    """80 random bits that a QR code and a short Code 39 can both say."""
    return base64.b32encode(secrets.token_bytes(10)).decode() + "\n"


def settle(fleet: Fleet, *, host: str, port: int) -> Fleet:
    """The same fleet with its broker elsewhere. What else stands in ``fleet.toml`` stays as it is."""
    path = fleet.folder / FLEET_FILE
    before = path.read_text()
    try:
        after = with_entry(with_entry(before, "broker", "host", host), "broker", "port", port)
    except KeyError as error:
        raise FleetError(f"{path} lacks {error.args[0]}. Add it.") from None
    if after != before:
        write(path, after)
    return load(fleet.folder)


def authority_of(fleet: Fleet) -> Authority:
    """Raises :class:`FleetError`."""
    try:
        return Authority.load(Identity(read(fleet, "ca.crt"), read(fleet, "ca.key")))
    except AuthorityBrokenError as error:
        raise FleetError(f"{fleet.folder}: {error}. Put the folder back from its backup.") from error


def read(fleet: Fleet, name: str) -> bytes:
    """One of the fleet's files. Raises :class:`FleetError`."""
    try:
        return (fleet.folder / name).read_bytes()
    except OSError as error:
        raise FleetError(
            f"{fleet.folder / name} cannot be read ({error.strerror}). Put it back from the backup."
        ) from error


def issue(fleet: Fleet, kiosk: str, now: datetime) -> Identity:
    """A kiosk's identity. Its certificate stays with the fleet, so that it can be revoked by name."""
    identity = authority_of(fleet).client(kiosk, now)
    issued = fleet.folder / "issued"
    issued.mkdir(exist_ok=True)
    write(issued / f"{kiosk}.crt", identity.certificate)
    sync_folder(fleet.folder)
    return identity


def new_fleet(host: str, port: int) -> FleetText:
    return FleetText(host=host, port=port, account=new_server_id())


def fleet_toml(text: FleetText) -> str:
    """``fleet.toml`` for people: short, with what each part is for."""
    identity = """\
ca = "ca.crt"
certificate = "server/account.crt"
key = "server/account.key"
"""
    return f"""\
# The fleet. Keep this folder as you keep keys: ca.key signs kiosks, sealing.key opens card codes.
zone = "Europe/Helsinki"

# Where kiosks and server find the broker. Paths are beside this file.
[broker]
host = {toml(text.host)}
port = {toml(text.port)}
account = {toml(text.account)}
{"" if text.insecure else identity}
# The shape of the codes on the cards, a regular expression.
[cards]
pattern = {toml(DEFAULT_PATTERN)}

# The fleet's page. Bound to this machine only until accounts exist.
[web]
host = "127.0.0.1"
port = {toml(text.web_port)}
"""
