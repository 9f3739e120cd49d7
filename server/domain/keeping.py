"""How long a card's code is kept with its visits, and what stands there afterwards.

A visit's year is that of its local day. Its code gives way to a pseudonym under that year's own random key:
the same person is the same pseudonym in one year, and another in the next. Once the key is destroyed, nobody
can come from a code or a card to its visits any more.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from agent.told import ToldError
from agent.wire.card_code import CardCode

KEY_BYTES: Final = 32
PSEUDONYM_BYTES: Final = 16


def pseudonym(key: bytes, who: bytes) -> bytes:
    return hashlib.blake2b(who, digest_size=PSEUDONYM_BYTES, key=key).digest()


def person(number: int) -> bytes:
    """By the number of the person's first card: who got a new card for a lost one stays one person."""
    return b"p" + number.to_bytes(8, "big")


def stranger(code: CardCode) -> bytes:
    """Of a card that the register never had, the code is all there is."""
    return b"c" + code.reveal().encode()


def last_day_due(today: date, years: int) -> date:
    """Visits up to this day have had their time: ``years`` whole calendar years after their own."""
    return date(today.year - years - 1, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearKept:
    """What is kept of a year's visits."""

    year: int
    with_code: int
    with_pseudonym: int
    locked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a run of the keeping did, or would do: visits by their years, and dead letters."""

    visits: tuple[tuple[int, int], ...] = ()
    letters: int = 0

    @property
    def total(self) -> int:
        return sum(count for _, count in self.visits)


YearFault = Literal["not_over", "locked", "with_code", "unproved"]

_ENGLISH: Final[dict[YearFault, str]] = {
    "not_over": "{year} is not over. A year is locked when its figures are done.",
    "locked": "{year} is locked already.",
    "with_code": "{count} visits of {year} still have their card's code. Their turn comes by itself"
    " (years under [keeping] in fleet.toml); then lock the year.",
    "unproved": "Nobody can be sure that all records of {year} are here. What comes later would count as"
    " visits, but in no figure about cards. To lock it all the same: --force",
}


class YearRefused(ToldError):  # noqa: N818  (what happened)
    """The year stays as it is."""

    def __init__(self, name: YearFault, year: int, count: int = 0) -> None:
        self.name, self.year, self.count = name, year, count
        super().__init__(_ENGLISH[name].format(year=year, count=count))
