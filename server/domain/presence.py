"""Whether a kiosk is there: what its states and wills mean, and what asks for a person's attention."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec import UNSET

from agent.wire.messages import ClockPair
from server.domain.alerts import by_urgency
from server.domain.arrivals import (
    AlertArrived,
    BatchArrived,
    HealthArrived,
    InfoArrived,
    ReplyArrived,
    StatusArrived,
)
from server.domain.figures import KioskState
from server.domain.names import printable
from server.domain.troubles import CLOCK_OFF, CLOCK_UNKNOWN, NO_LIST, Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What the server last heard of a kiosk. Empty until it was heard at all."""

    state: Literal["online", "stopped", "lost"] | None = None
    connection: int = 0
    since: datetime | None = None
    last_seen: datetime | None = None
    clock_source: str = ""
    clock_off_s: int = 0
    """By how much the kiosk's calendar ran ahead of the server's when it last told."""
    cards_revision: int | None = None
    waiting: int | None = None
    camera: str = ""
    software: str = ""
    tested_at: datetime | None = None
    """When the test card was last held up."""
    paused: bool = False
    """By its staff; of a kiosk that is there."""
    seal_to: bytes | None = None
    """What is for this start of the kiosk alone is sealed to this key."""
    list_confirmed_at: datetime | None = None
    """When the kiosk's card list last agreed with the server's; empty where it could not tell."""


MOST_CLOCK_OFF_S: Final = 30
MOST_LIST_AGE_S: Final = 10 * 366 * 86_400
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
        camera=printable(info.camera),
        software=printable(info.software),
        paused=info.paused is True,
        seal_to=None if info.seal_to is UNSET else info.seal_to,
    )


def after_batch(known: Presence, arrived: BatchArrived) -> Presence:
    return _by_clock(known, arrived.batch.clock, arrived.at)


def after_health(known: Presence, arrived: HealthArrived) -> Presence:
    """A kiosk that has nothing to send is there all the same, and its clock may run away."""
    health = arrived.health
    age_s = health.list_age_s
    confirmed = None if age_s is None else arrived.at - timedelta(seconds=min(age_s, MOST_LIST_AGE_S))
    known = replace(_by_clock(known, health.clock, arrived.at), list_confirmed_at=confirmed)
    return replace(known, waiting=min(health.waiting, MOST))


def _by_clock(known: Presence, clock: ClockPair, at: datetime) -> Presence:
    off = 0 if clock.source == "none" else round((clock.utc - at).total_seconds())
    return replace(known, last_seen=at, clock_source=clock.source, clock_off_s=off)


def after_alert_of(known: Presence, arrived: AlertArrived) -> Presence:
    return known if arrived.retained else replace(known, last_seen=arrived.at)


def after_reply(known: Presence, arrived: ReplyArrived) -> Presence:
    return replace(known, last_seen=arrived.at)


def silent_since(known: Presence) -> datetime | None:
    """Since when a kiosk is known to be off or away; ``None`` while it is there, or where nobody was told."""
    moments = [moment for moment in (known.since, known.last_seen) if moment is not None]
    return max(moments, default=None) if known.state in {"lost", "stopped"} else None


def kiosk_state(
    known: Presence, revision: int, alerts: Collection[str] = ()
) -> tuple[KioskState, tuple[Trouble, ...]]:
    """The state that the page shows, and what asks for attention, the most urgent first.

    ``alerts`` are the names of those that are up.
    """
    told = by_urgency(alerts)
    match known.state:
        case None:
            return "never", ()
        case "lost":
            return "lost", told
        case "stopped":
            return "stopped", ()
        case "online":
            troubles = (*told, *_attention(known, revision))
            return ("attention" if troubles else "working"), troubles


def _attention(known: Presence, revision: int) -> tuple[Trouble, ...]:
    if known.clock_source == "none":
        return (Trouble(CLOCK_UNKNOWN),)
    if abs(known.clock_off_s) > MOST_CLOCK_OFF_S:
        return (Trouble(CLOCK_OFF, known.clock_off_s),)
    if revision and not known.cards_revision:
        return (Trouble(NO_LIST),)
    return ()
