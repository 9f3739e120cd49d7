"""How the kiosk is, for the fleet: a message made of plain facts."""

from msgspec import UNSET

from agent.core.alerts import Waiting, age_of
from agent.core.looking import Looking
from agent.core.moment import Moment
from agent.wire.messages import CameraHealth, ClockSource, Health


def health_of(
    now: Moment,
    source: ClockSource,
    waiting: Waiting,
    list_age_s: float | None,
    looking: Looking | None = None,
) -> Health:
    """``source`` is who is believed to set the calendar."""
    oldest = age_of(waiting.oldest, now) if waiting.oldest and waiting.rows else None
    return Health(
        clock=now.pair(source),
        waiting=waiting.rows,
        # A calendar that was put back may stand before the record.
        oldest_s=max(round(oldest.total_seconds()), 0) if oldest is not None else None,
        list_age_s=None if list_age_s is None else round(list_age_s),
        camera=camera_health(looking) if looking and looking.camera else UNSET,
    )


def camera_health(looking: Looking) -> CameraHealth:
    counts, picture = looking.counts, looking.picture
    return CameraHealth(
        frames=counts.frames,
        restarts=looking.losses,
        failures=sum(counts.failures) + counts.retouch_failures,
        unread=counts.unread,
        foreign=looking.foreign,
        decode_ms=round(looking.decode_ms, 1),
        sharpness=picture.sharpness if picture else None,
        dark=picture.dark if picture else None,
        blown=picture.blown if picture else None,
        exposure_ms=picture.exposure_ms if picture else None,
    )
