"""What was last heard of each kiosk, a row each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection, or_, select, update

from server.adapters.database import insert
from server.adapters.tables import presence
from server.domain.arrivals import (
    AlertArrived,
    BatchArrived,
    HealthArrived,
    InfoArrived,
    ReplyArrived,
    StatusArrived,
    Written,
)
from server.domain.presence import (
    Presence,
    after_alert_of,
    after_batch,
    after_health,
    after_info,
    after_reply,
    after_status,
)

_COLUMNS = (
    "state",
    "connection",
    "since",
    "last_seen",
    "clock_source",
    "clock_off_s",
    "cards_revision",
    "waiting",
    "camera",
    "software",
    "tested_at",
    "paused",
    "seal_to",
    "list_confirmed_at",
)


def note(connection: Connection, arrivals: Sequence[Written]) -> None:
    """Bring the rows of all kiosks in ``arrivals`` up to date, one write each."""
    known = presences(connection, {arrived.kiosk for arrived in arrivals})
    latest = dict(known)
    for arrived in arrivals:
        latest[arrived.kiosk] = _after(latest.get(arrived.kiosk, Presence()), arrived)
    _save(connection, {kiosk: now for kiosk, now in latest.items() if now != known.get(kiosk)})


def presences(connection: Connection, kiosks: set[str] | None) -> dict[str, Presence]:
    """Of these kiosks, or of all."""
    query = select(presence)
    if kiosks is not None:
        query = query.where(presence.c.kiosk_id.in_(sorted(kiosks)))
    rows = connection.execute(query).mappings()
    return {row["kiosk_id"]: Presence(**{name: row[name] for name in _COLUMNS}) for row in rows}


def was_tested(connection: Connection, kiosk: str, at: datetime) -> None:
    """The test card was held up ``at`` this time; records may come in any order."""
    row = presence.c.kiosk_id == kiosk
    earlier = or_(presence.c.tested_at.is_(None), presence.c.tested_at < at)
    connection.execute(update(presence).where(row, earlier).values(tested_at=at))


def _after(known: Presence, arrived: Written) -> Presence:
    match arrived:
        case StatusArrived():
            return after_status(known, arrived)
        case InfoArrived():
            return after_info(known, arrived)
        case HealthArrived():
            return after_health(known, arrived)
        case BatchArrived():
            return after_batch(known, arrived)
        case ReplyArrived():
            return after_reply(known, arrived)
        case AlertArrived():
            return after_alert_of(known, arrived)
        case _:
            assert_never(arrived)


def _save(connection: Connection, changed: Mapping[str, Presence]) -> None:
    if not changed:
        return
    new = insert(connection, presence)
    connection.execute(
        new.on_conflict_do_update(
            index_elements=["kiosk_id"], set_={name: new.excluded[name] for name in _COLUMNS}
        ),
        [
            {"kiosk_id": kiosk} | {name: getattr(now, name) for name in _COLUMNS}
            for kiosk, now in sorted(changed.items())
        ],
    )
