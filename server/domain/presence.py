"""Whether a kiosk is there: what its states and wills mean, and what asks for a person's attention."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from server.domain.arrivals import BatchArrived, InfoArrived, StatusArrived
from server.domain.figures import KioskState


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What the server last heard of a kiosk. Empty until it was heard at all."""

    state: Literal["online", "stopped", "lost"] | None = None
    connection: int = 0
    since: datetime | None = None
    last_seen: datetime | None = None
    clock_source: str = ""
    cards_revision: int | None = None
    waiting: int | None = None
    camera: str = ""
    software: str = ""


MOST: Final = 2**53
"""Of any number that a kiosk says of itself: a table's integers end, a hostile kiosk's do not."""


def after_status(known: Presence, arrived: StatusArrived) -> Presence:
    """A will of an older connection says nothing about the newer one: brokers deliver it late."""
    status = arrived.status
    connection = min(status.connection, MOST)
    if status.state != "online" and connection < known.connection:
        return known
    same = (status.state, connection) == (known.state, known.connection)
    alive = status.state != "lost" and not arrived.retained  # the broker speaks a will, not the kiosk
    return replace(
        known,
        state=status.state,
        connection=connection,
        since=known.since if same else arrived.at,
        last_seen=arrived.at if alive else known.last_seen,
    )


def after_info(known: Presence, arrived: InfoArrived) -> Presence:
    info = arrived.info
    return replace(
        known,
        last_seen=known.last_seen if arrived.retained else arrived.at,
        cards_revision=info.cards_revision,
        waiting=min(sum(entry.rows for entry in info.outbox), MOST),
        camera=_plain(info.camera),
        software=_plain(info.software),
    )


def after_batch(known: Presence, arrived: BatchArrived) -> Presence:
    return replace(known, last_seen=arrived.at, clock_source=arrived.batch.clock.source)


def _plain(text: str) -> str:
    """A peer's text for a table and a page: PostgreSQL holds no NUL, a person reads no control character."""
    return "".join(c if c.isprintable() else "?" for c in text)


def kiosk_state(known: Presence, revision: int) -> tuple[KioskState, str]:
    """The state that the page shows, with a Finnish sentence where something asks for attention."""
    match known.state:
        case None:
            return "never", ""
        case "lost":
            return "lost", "Ei yhteyttä. Kioski toimii luultavasti yksin."
        case "stopped":
            return "stopped", ""
        case "online":
            reason = _attention(known, revision)
            return ("attention", reason) if reason else ("working", "")


def _attention(known: Presence, revision: int) -> str:
    if known.clock_source == "none":
        return "Kioski ei tiedä kellonaikaa. Tarkista verkkoyhteys."
    if revision and not known.cards_revision:
        return "Korttilista puuttuu. Kortteja ei vielä tarkisteta."
    return ""
