"""The calendar of this machine, for the dates in certificates."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
