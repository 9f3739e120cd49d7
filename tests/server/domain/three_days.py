"""The books of a kiosk over three days, to be proved for the one in the middle."""

from datetime import UTC, datetime, timedelta
from typing import Final

from server.domain.books import Books, Digest, EpochFacts, Place
from server.domain.completeness import Proof, prove

DAY: Final = timedelta(days=1)
MONDAY: Final = datetime(2026, 11, 23, tzinfo=UTC)
TUESDAY: Final = MONDAY + DAY
WEDNESDAY: Final = TUESDAY + DAY
NOW: Final = WEDNESDAY + timedelta(hours=10)


def epoch(number: int, last: int, *, after: tuple[int, int] | None = None) -> EpochFacts:
    """Start ``number`` of a kiosk, after row ``after[1]`` of start ``after[0]``."""
    return EpochFacts(
        id=number,
        name=f"e{number}",
        last=last,
        last_at=NOW - timedelta(minutes=5),
        opened=True,
        previous=f"e{after[0]}" if after else None,
        previous_last=after[1] if after else None,
    )


def digest(number: int, seq: int, at: datetime) -> Digest:
    return Digest(Place(number, seq), at + timedelta(seconds=3))


BOOKS: Final = Books(
    epochs=(epoch(1, 50), epoch(2, 30, after=(1, 50)), epoch(3, 9, after=(2, 30))),
    digests=(digest(1, 10, MONDAY), digest(2, 5, TUESDAY), digest(3, 2, WEDNESDAY)),
)


def tuesday(books: Books = BOOKS) -> Proof:
    return prove(books, TUESDAY, WEDNESDAY, NOW)
