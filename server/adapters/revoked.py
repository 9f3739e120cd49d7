"""The kiosks whose certificate is on the fleet's list of revocations."""

import logging
from pathlib import Path
from typing import Final

from server.adapters.authority import revoked_serials, serial_of

LOG: Final = logging.getLogger(__name__)


class RevokedKiosks:
    """Their ids; the list is read again whenever it has changed, for one is lost while the server runs.

    What is not there or cannot be read leaves it at those known before: a fleet without certificates has no
    such list, and a fault of the disk must not end the server.
    """

    def __init__(self, fleet: Path) -> None:
        self._list = fleet / "crl.pem"
        self._issued = fleet / "issued"
        self._read: tuple[int, int, int] | None = None
        self._kiosks: frozenset[str] = frozenset()

    def __call__(self) -> frozenset[str]:
        try:
            at = self._list.stat()
        except OSError:
            return self._kiosks
        version = (at.st_mtime_ns, at.st_size, at.st_ino)
        if version != self._read:
            self._read = version
            try:
                self._kiosks = self._named()
            except (OSError, ValueError) as error:
                LOG.error("kiosks that were revoked are not known, %s: %s", self._list, error)  # noqa: TRY400  (the sentence says it all)
        return self._kiosks

    def _named(self) -> frozenset[str]:
        revoked = revoked_serials(self._list.read_bytes())
        certificates = self._issued.glob("*.crt") if revoked else ()
        return frozenset(file.stem for file in certificates if serial_of(file.read_bytes()) in revoked)
