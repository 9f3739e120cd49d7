"""Which alerts are up: conditions that the fleet must hear of while they last. A function of plain facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, get_args

from agent.core.judge import DAY_S
from agent.core.moment import Moment
from agent.wire.records import Stamp

AlertName = Literal["identity-twice", "storage", "storage-forgetful", "camera", "list-old", "outbox-old"]
ALERTS: Final[tuple[AlertName, ...]] = get_args(AlertName)

CAMERA_S: Final = 60.0
"""A camera that is back within this was started again, as it should be."""
LIST_S: Final = 120.0
"""How long a connection may take until it has confirmed the card list."""
ALONE_S: Final = 300.0
"""Two that throw each other out come back within two minutes: a connection that lasts so long is alone."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of what may wait in the outbox, and of the card list's age, without a word."""

    rows: int = 20_000
    age: timedelta = timedelta(days=7)
    list_age_s: float = DAY_S


@dataclass(frozen=True, slots=True)
class Waiting:
    """Released rows without a receipt, and the clocks when the oldest was written, where they are known."""

    rows: int = 0
    oldest: Stamp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """``*_at`` are stopwatch seconds; ``None`` where it is not so."""

    disk_fails: bool = False
    forgetful: str = ""
    """Why the memory is not to be relied on; empty where it is."""
    camera_lost_at: float | None = None
    taken_over: bool = False
    """Another client came under our name, and no connection since then has lasted."""
    waiting: Waiting = Waiting()
    connected_at: float | None = None
    list_age_s: float | None = 0.0
    """``None`` where nobody knows it."""


def alerts_up(facts: Facts, now: Moment, limits: Limits) -> Mapping[AlertName, str]:
    """The alerts that are up, each with its detail in plain words: no card code, no text of a peer."""
    up: dict[AlertName, str] = {}
    if facts.taken_over:
        up["identity-twice"] = "another client came to the broker under this kiosk's name"
    if facts.disk_fails:
        up["storage"] = "the disk does not take what is to be written down: full, read-only or worn out"
    if facts.forgetful:
        up["storage-forgetful"] = facts.forgetful
    if facts.camera_lost_at is not None and now.seconds - facts.camera_lost_at > CAMERA_S:
        up["camera"] = "no picture comes from the camera"
    if detail := _list(facts, now, limits):
        up["list-old"] = detail
    if detail := _outbox(facts.waiting, now, limits):
        up["outbox-old"] = detail
    return up


def is_alone(up_at: float | None, now: float) -> bool:
    """Whether the connection that began at ``up_at`` has lasted too long for two kiosks of one name."""
    return up_at is not None and now - up_at >= ALONE_S


def _list(facts: Facts, now: Moment, limits: Limits) -> str:
    """A kiosk that has just come back is given its list first."""
    if facts.connected_at is None or now.seconds - facts.connected_at < LIST_S:
        return ""
    if facts.list_age_s is None:
        return "nobody knows when the server last confirmed the card list"
    if facts.list_age_s <= limits.list_age_s:
        return ""
    return f"the card list was last confirmed {facts.list_age_s / 3600:.0f} hours ago"


def _outbox(waiting: Waiting, now: Moment, limits: Limits) -> str:
    if waiting.rows > limits.rows:
        return f"more than {limits.rows} records wait for their receipt"
    age = age_of(waiting.oldest, now) if waiting.oldest and waiting.rows else None
    return f"a record waits for its receipt since {age.days} days" if age and age > limits.age else ""


def age_of(written: Stamp, now: Moment) -> timedelta | None:
    """By the stopwatch of the same boot, else by two calendars that were in time; else nobody knows."""
    if written.boot_id == now.boot_id:
        return timedelta(milliseconds=now.boottime_ms - written.boottime_ms)
    if written.synced and now.best_utc is not None:
        return now.best_utc - written.wall_utc
    return None
