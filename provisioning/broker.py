"""The broker's folder: Mosquitto's configuration, its access file and its own identity."""

import ipaddress
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from agent.told import ToldError
from agent.wire.messages import MAX_PAYLOAD_BYTES
from provisioning.access import access_rules
from provisioning.files import PRIVATE, write
from provisioning.fleet import authority_of, read
from server.config import Fleet


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """How the broker is known and where it listens."""

    hosts: Sequence[str]
    address: str | None = None
    """The one address to bind; all of them where it is ``None``."""
    user: str | None = None
    """Whom a Mosquitto started by root becomes; its own user ``mosquitto`` where it is ``None``."""


MOSQUITTO_USER: Final = "mosquitto"


class BrokerError(ToldError):
    """The folder cannot be made; the text says what to do."""


_HOST_NAME: Final = re.compile(
    r"(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)


def check_hosts(hosts: Sequence[str]) -> None:
    """A certificate speaks for host names and addresses only. Raises :class:`BrokerError`."""
    for host in hosts:
        try:
            ipaddress.ip_address(host)
        except ValueError:
            if not _HOST_NAME.fullmatch(host):
                raise BrokerError(
                    f"{host!r} is no host name or address. Write a name with umlauts in its xn-- form."
                ) from None


def lay_out(fleet: Fleet, folder: Path, listener: Listener, now: datetime) -> None:
    """Write or renew the folder. The configuration names its files in full, so it belongs where it is."""
    home = folder.resolve()
    if bad := [character for character in "\n\r#" if character in str(home)]:
        raise BrokerError(f"Mosquitto cannot be told of a folder with {bad[0]!r} in its name: {home}")
    identity = authority_of(fleet).broker(listener.hosts, now)
    try:
        home.mkdir(parents=True, exist_ok=True)
        write(home / "ca.crt", read(fleet, "ca.crt"))
        write(home / "crl.pem", read(fleet, "crl.pem"))
        write(home / "broker.crt", identity.certificate)
        write(home / "broker.key", identity.key, PRIVATE)
        write(home / "access", access_rules(fleet.config.broker.account))
        write(home / "mosquitto.conf", configuration(home, fleet.config.broker.port, listener))
    except OSError as error:
        raise BrokerError(f"{folder} cannot be written: {error.strerror}. Name another folder.") from error


def hand_over(folder: Path, user: str) -> bool:
    """Give the key to ``user``, who Mosquitto is by the time it reads it; ``False`` where there is none."""
    try:
        shutil.chown(folder / "broker.key", user=user)
    except LookupError:
        return False
    return True


def configuration(home: Path, port: int, listener: Listener) -> str:
    user = f"user {listener.user}\n" if listener.user else ""
    address = f" {listener.address}" if listener.address else ""
    return f"""\
# Made by: kaiku-provision broker. Make it anew rather than edit it.
# Start with: mosquitto -c {home / "mosquitto.conf"}
# After a change of access send SIGHUP. After one of crl.pem restart: a reload hangs up on nobody.
{user}per_listener_settings false
listener {port}{address}

# Who is who: by the fleet's certificates only. Their name is user and client id, whatever a client asks.
tls_version tlsv1.2
cafile {home / "ca.crt"}
certfile {home / "broker.crt"}
keyfile {home / "broker.key"}
crlfile {home / "crl.pem"}
require_certificate true
use_identity_as_username true
use_username_as_clientid true
allow_anonymous false
acl_file {home / "access"}

# A record lives in its kiosk until the server's receipt: nothing on disk here, nothing dropped quietly.
persistence false
max_queued_messages 0
# A receipt or a page of the card list is waited for: held back to be sent with the next, it costs 40 ms.
set_tcp_nodelay true
# Of the payload, and one that is too large is refused by itself. max_packet_size, which Mosquitto recommends
# at its start, counts the topic, too, and shuts the connection of who goes over it.
message_size_limit {MAX_PAYLOAD_BYTES}

# Standard error only: topics carry kiosk ids, never card codes, and no log file needs care.
log_dest stderr
log_type error
log_type warning
log_type notice
connection_messages true
"""
