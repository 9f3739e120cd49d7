"""How the kiosk is, for the fleet: a message made of plain facts."""

from agent.core.alerts import Waiting, age_of
from agent.core.moment import Moment
from agent.wire.messages import ClockSource, Health


def health_of(now: Moment, source: ClockSource, waiting: Waiting, list_age_s: float | None) -> Health:
    """``source`` is who is believed to set the calendar."""
    oldest = age_of(waiting.oldest, now) if waiting.oldest and waiting.rows else None
    return Health(
        clock=now.pair(source),
        waiting=waiting.rows,
        # A calendar that was put back may stand before the record.
        oldest_s=max(round(oldest.total_seconds()), 0) if oldest is not None else None,
        list_age_s=None if list_age_s is None else round(list_age_s),
    )
