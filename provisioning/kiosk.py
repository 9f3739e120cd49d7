"""One kiosk's folder: its configuration, identity and keys, to be put on its SD card."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from agent.told import ToldError
from agent.wire.card_key import ListKey
from agent.wire.told_code import holds_code, without_codes
from agent.wire.topics import new_kiosk_id
from provisioning.files import PRIVATE, whole_folder, write
from provisioning.fleet import issue, read, test_card_of
from provisioning.kiosk_toml import KioskText, kiosk_toml
from server.config import Fleet
from server.domain.names import MAX_NAME_CHARS, as_written, is_name


class VenueLike(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def time_zone(self) -> str:
        """By which its days begin, and the kiosk's."""
        ...


class Register(Protocol):
    """What provisioning needs of the server's store."""

    def find_venue(self, id_or_name: str) -> VenueLike | None: ...

    def list_venues(self) -> Sequence[VenueLike]: ...

    def list_key(self, first: ListKey) -> ListKey:
        """The key that the cards are listed under: ``first``, unless it was changed."""
        ...

    def add_kiosk(self, kiosk: str, name: str, venue: str) -> None:
        """``kiosk`` stands at ``venue`` from now on. One transaction."""
        ...


class VenueUnknownError(ToldError):
    """No such venue; the text lists those there are."""


class KioskNameError(ToldError):
    """A kiosk cannot be called so; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKiosk:
    """What a person asks for. Without a name the kiosk is called as its venue."""

    venue: str
    name: str | None
    out: Path


def add(fleet: Fleet, register: Register, new: NewKiosk, now: datetime) -> str:
    """Make a kiosk's folder and enter it in the register; the kiosk's new id.

    The register comes before the folder gets its name: a folder that is there belongs to a kiosk that
    counts. A power cut in between leaves a kiosk that was never seen, which a person can see and remove.
    """
    found = find_venue(register, new.venue, fleet.pattern)
    name = found.name if new.name is None else name_of(new.name, fleet.pattern)
    kiosk = new_kiosk_id()
    with whole_folder(new.out) as draft:
        identity = issue(fleet, kiosk, now)
        (draft / "identity").mkdir(mode=0o700)
        write(draft / "identity" / "ca.crt", read(fleet, "ca.crt"))
        write(draft / "identity" / "kiosk.crt", identity.certificate)
        write(draft / "identity" / "kiosk.key", identity.key, PRIVATE)
        list_key = register.list_key(fleet.list_key())
        write(draft / "list.key", list_key.reveal().hex() + "\n", PRIVATE)
        write(draft / "sealing.pub", read(fleet, "sealing.pub"))
        write(draft / "test.card", test_card_of(fleet), PRIVATE)
        broker = fleet.config.broker
        text = KioskText(
            kiosk=kiosk,
            venue=found.id,
            zone=found.time_zone,
            host=broker.host,
            port=broker.port,
            pattern=fleet.config.cards.pattern,
        )
        write(draft / "kiosk.toml", kiosk_toml(text))
        register.add_kiosk(kiosk, name, found.id)
    return kiosk


def name_of(text: str, pattern: re.Pattern[str]) -> str:
    """Of a kiosk, as it will be shown. Raises :class:`KioskNameError`; ``pattern`` is that of codes."""
    name = as_written(text)
    if not is_name(name):
        raise KioskNameError(f"Names of kiosks have 1 to {MAX_NAME_CHARS} characters that can be seen.")
    if holds_code(name, pattern):
        raise KioskNameError("A name must not hold a card's code: names are shown. Give another one.")
    return name


def find_venue(register: Register, id_or_name: str, pattern: re.Pattern[str]) -> VenueLike:
    """Raises :class:`VenueUnknownError`, without the codes of ``pattern``."""
    if found := register.find_venue(id_or_name):
        return found
    known = ", ".join(f"{venue.name} ({venue.id})" for venue in register.list_venues())
    raise VenueUnknownError(
        f"No venue is called {without_codes(id_or_name, pattern)!r}. "
        + (f"There are: {known}." if known else "There is none yet.")
        + " Add it with: kaiku-server venues add"
    )
