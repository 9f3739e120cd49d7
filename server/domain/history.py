"""What is remembered of an import and of a card: when, what, by which way, from what to what."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from agent.told import ToldError
from agent.wire.told_code import without_codes
from server.domain.comparing import COMPARED
from server.domain.matching import Matched
from server.domain.names import printable
from server.domain.outcome import word
from server.domain.register import Card

Way = Literal["cli", "web", "api"]
What = Literal[
    "imported",
    "undone",
    "blocked",
    "unblocked",
    "renewed",
    "withdrawn",
    "reinstated",
    "trial_moved",
    "replaced",
    "replacement",
]
GonePolicy = Literal["keep", "withdraw"]
"""What becomes of the cards of a file's distributors that the file no longer has."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of an import beside its file."""

    gone: GonePolicy = "keep"
    shorten: bool = False
    """Also by a row of an earlier issue, or of before the card was made valid for longer here."""
    reopen: bool = False
    """Also what was blocked or withdrawn here."""
    withdraw_most: bool = False
    """Also more than half of a distributor's cards."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an import came from. The name is as its person's machine has it, but for codes in it."""

    file_name: str
    sha256: str
    way: Way


class KeyChanged(ToldError):  # noqa: N818  (what happened)
    """The list's key was changed between the check of a file and its import. Nothing was written."""

    def __init__(self) -> None:
        super().__init__("The list key was changed while the file was read. Import the file once more.")


def source_of(file_name: str, sha256: str, way: Way, pattern: re.Pattern[str]) -> Source:
    """With codes of ``pattern`` in the name masked."""
    return Source(printable(without_codes(file_name, pattern))[:255], sha256, way)


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One line of the list of imports."""

    id: int
    at: datetime
    file_name: str
    sha256: str
    way: str
    new: int
    changed: int
    unchanged: int
    gone: int
    withdrawn: int
    expired: int
    newer: int
    shortens: int
    shortened: int
    reopens: int
    reopened: int
    erased: int
    undone_at: datetime | None
    matched_visits: int = 0
    matched_cards: int = 0
    matched_refused: int = 0
    new_areas: int = 0
    new_distributors: int = 0

    @property
    def matched(self) -> Matched:
        return Matched(visits=self.matched_visits, cards=self.matched_cards, refused=self.matched_refused)


Places = Literal["venues", "distributors"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceImport:
    """One line of the list of imports of places. ``gone``: not in the file, and left alone."""

    id: int
    at: datetime
    what: Places
    file_name: str
    sha256: str
    way: str
    new: int
    changed: int
    unchanged: int
    gone: int
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a card's history, the newest first. ``import_id`` where an import did it."""

    at: datetime | None
    """``None``: before there was a history."""
    what: What
    way: str
    masked_code: str
    """Of the card that it happened to: a person may have had several."""
    import_id: int | None
    columns: tuple[tuple[str, str, str], ...]


def entry_columns(before: Card | None, after: Card | None) -> tuple[tuple[str, str, str], ...]:
    """What differs, in words."""
    if before is None or after is None:
        return ()
    return tuple(
        (name, word(getattr(before, name)), word(getattr(after, name)))
        for name in COMPARED
        if getattr(before, name) != getattr(after, name)
    )
