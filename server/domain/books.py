"""A kiosk's books: what the store knows of its starts, its digests and its flaws, by names of records."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

Flaw = Literal["conflict", "refused", "misplaced"]


class Place(NamedTuple):
    """A record's place in its kiosk's books: the epoch's number in the store, and the record's own."""

    epoch: int
    seq: int


class Digest(NamedTuple):
    place: Place
    at: datetime


class Ending(NamedTuple):
    """A person's word that the memory card which wrote ``last`` is gone; ``rows`` of its start were here."""

    last: Place
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochFacts:
    """What the store knows of one epoch; ``holes`` are the rows between 0 and ``last`` that are missing.

    ``previous_last`` without a ``previous`` says that there was one before it, of which nobody knows more.
    """

    id: int
    name: str
    last: int
    last_at: datetime | None
    opened: bool
    previous: str | None
    previous_last: int | None
    at_least: bool = False
    """Of the start before it no more than ``previous_last`` was left: it may have written more."""
    set_aside: bool = False
    """A damaged journal was set aside before it."""
    holes: tuple[range, ...] = ()
    first_at: datetime | None = None
    """When it was opened, where that is known."""
    sure: bool = True
    """Whether its times are known; else it was written between ``not_before`` and ``last_at``."""
    not_before: datetime | None = None

    @property
    def rows(self) -> int:
        return self.last + 1 - sum(len(hole) for hole in self.holes)


@dataclass(frozen=True, slots=True)
class Books:
    """One kiosk's books: epochs and digests in the order of their times."""

    epochs: tuple[EpochFacts, ...] = ()
    digests: tuple[Digest, ...] = ()
    flaws: tuple[tuple[Place, Flaw], ...] = ()
    endings: tuple[Ending, ...] = ()
    whole: bool = True
    """Whether all starts are here that are known; else those since a digest that is on the only card."""
    silent_since: datetime | None = None
    """Since when the kiosk is known to be out of contact; ``None`` while it is in contact."""
