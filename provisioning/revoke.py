"""A kiosk's identity is taken away: its certificate goes on the fleet's list."""

from datetime import datetime

from agent.told import ToldError
from agent.wire.topics import KIOSK_ID
from provisioning.files import write
from provisioning.fleet import authority_of, read
from server.adapters.authority import revoked_serials, serial_of
from server.config import Fleet


class KioskUnknownError(ToldError):
    """The fleet issued no certificate to that name."""


def revoke(fleet: Fleet, kiosk: str, now: datetime) -> None:
    """Raises :class:`KioskUnknownError`. Revoking twice changes nothing but the list's date."""
    path = fleet.folder / "issued" / f"{kiosk}.crt"
    if not KIOSK_ID.fullmatch(kiosk) or not path.exists():
        raise KioskUnknownError(f"This fleet has no kiosk {kiosk!r}. Its id is in kiosk.toml, as k-…")
    serials = {*revoked_serials(read(fleet, "crl.pem")), serial_of(path.read_bytes())}
    write(fleet.folder / "crl.pem", authority_of(fleet).revocations(serials, now))
