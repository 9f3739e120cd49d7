"""What a kiosk says of its own troubles: kept while it lasts, whatever its name."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from server.domain.arrivals import AlertArrived
from server.domain.names import printable
from server.domain.troubles import Trouble

MOST: Final = 16
"""Of one kiosk: a later version has a few more than today's, a hostile one has as many as it likes."""

LIST_KEY_ALERT: Final = "list-key"
"""The server's own: this kiosk gets no cards."""
ROW_ALERT: Final = "row-not-kept"
"""Likewise: a row of this kiosk's cannot be stored, not even as it came. It waits, and all after it."""
REVOKED_ALERT: Final = "revoked"
"""Likewise: the identity of this kiosk was taken away, and yet it asks or sends."""

KNOWN: Final = (
    REVOKED_ALERT,
    "storage-forgetful",
    "storage",
    "camera",
    "identity-twice",
    ROW_ALERT,
    "list-old",
    LIST_KEY_ALERT,
    "outbox-old",
)
"""The most urgent first."""


@dataclass(frozen=True, slots=True)
class Raised:
    """``since`` is the kiosk's own word, ``told_at`` the server's clock."""

    since: datetime | None
    detail: str
    told_at: datetime


def after_alert(known: Mapping[str, Raised], arrived: AlertArrived) -> dict[str, Raised]:
    """The alerts of a kiosk that are up, by name."""
    others = {name: raised for name, raised in known.items() if name != arrived.name}
    alert = arrived.alert
    if alert is None or len(others) >= MOST:
        return others
    before = known.get(arrived.name)
    raised = Raised(_utc(alert.since), printable(alert.detail), before.told_at if before else arrived.at)
    return others | {arrived.name: raised}


def by_urgency(names: Collection[str]) -> tuple[Trouble, ...]:
    """Those of a later version come last, by their names."""
    known = [name for name in KNOWN if name in names]
    return tuple(Trouble(name) for name in [*known, *sorted(set(names) - set(KNOWN))])


def _utc(said: datetime | None) -> datetime | None:
    """A calendar's first and last days have no UTC in every zone."""
    try:
        return said.astimezone(UTC) if said else None
    except OverflowError:
        return None
