"""What a kiosk says of its own troubles: kept while it lasts, told in Finnish, whatever its name."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from server.domain.arrivals import AlertArrived
from server.domain.names import printable

MOST: Final = 16
"""Of one kiosk: a later version has a few more than today's, a hostile one has as many as it likes."""

LIST_KEY_ALERT: Final = "list-key"
"""The server's own: this kiosk gets no cards."""

_SENTENCES: Final = {
    "storage-forgetful": "Pois käytöstä: kioskin muisti ei säilytä kirjauksia. Tarkista muistikortti.",
    "storage": "Kioski ei pysty kirjaamaan käyntejä. Tarkista muistikortti.",
    "camera": "Kioskin kamera ei toimi. Tarkista kamera ja sen johto.",
    "identity-twice": "Kaksi kioskia käyttää samaa tunnusta. Sammuta toinen.",
    "list-old": "Kioskin korttiluettelo on vanha: suljettu kortti voi vielä kelvata. Tarkista verkkoyhteys.",
    LIST_KEY_ALERT: "Kioski ei saa kortteja, koska luettelon avain on vaihtunut. Päivitä kioskin ohjelma.",
    "outbox-old": "Kioskissa odottaa paljon kirjauksia lähetystä. Ne ovat tallessa.",
}
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


def sentences(names: Collection[str]) -> str:
    """What the page says of the alerts ``names``; empty where there is none."""
    told = [sentence for name, sentence in _SENTENCES.items() if name in names]
    unknown = ", ".join(sorted(set(names) - set(_SENTENCES)))
    if unknown:
        told.append(f"Kioski ilmoittaa häiriöstä: {unknown}.")
    return " ".join(told)


def _utc(said: datetime | None) -> datetime | None:
    """A calendar's first and last days have no UTC in every zone."""
    try:
        return said.astimezone(UTC) if said else None
    except OverflowError:
        return None
