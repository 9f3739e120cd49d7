"""Who takes the records in: one process at a time, for a while that it must renew, under a rising number."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

LENGTH_S: Final = 15.0
"""Many times what a full group's commit takes, and hardly more than the 10 s after which kiosks ask again."""
RENEW_S: Final = 5.0
"""Two renewals may fail."""
NOBODY: Final = ""
_LENGTH: Final = timedelta(seconds=LENGTH_S)
_NAME_CHARS: Final = 8


@dataclass(frozen=True, slots=True)
class Lease:
    """``holder`` is the random id of a process's start, ``term`` counts how often the lease changed hands."""

    holder: str
    term: int
    until: datetime


def may_take(lease: Lease, process: str, now: datetime) -> bool:
    """An end that is further off than any lease lasts was written before a clock was put back."""
    return lease.holder in {NOBODY, process} or not now < lease.until <= now + _LENGTH


def taken(lease: Lease, process: str, now: datetime) -> Lease:
    return Lease(process, lease.term + 1, now + _LENGTH)


def renewed(lease: Lease, now: datetime) -> Lease:
    return replace(lease, until=now + _LENGTH)


def is_still(lease: Lease, mine: Lease) -> bool:
    """Whether ``lease`` is what became of ``mine`` by renewals alone.

    Time does not count: what has run out is the holder's until another takes it. Nor does the term alone
    say it, for a database that was restored counts its terms again.
    """
    return (lease.holder, lease.term) == (mine.holder, mine.term)


def is_elsewhere(lease: Lease, process: str) -> bool:
    """Whether it is another process that takes the records in."""
    return lease.holder not in {NOBODY, process}


def name_of(lease: Lease) -> str:
    """As the log tells it."""
    return f"{lease.holder[:_NAME_CHARS] or 'nobody'} (term {lease.term})"
