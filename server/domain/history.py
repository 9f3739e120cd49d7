"""What is remembered of an import and of a card: when, what, by which way, from what to what."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from agent.told import ToldError
from server.domain.comparing import COMPARED, Changed, Compared, Erased, New, Unchanged
from server.domain.faults import Fault, FaultAt
from server.domain.matching import NO_VISITS, Matched
from server.domain.register import Card
from server.domain.spellings import Spelling

Way = Literal["cli", "web", "api"]
What = Literal[
    "imported",
    "undone",
    "blocked",
    "unblocked",
    "renewed",
    "withdrawn",
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
    """Also where a card was made valid for longer here."""


MAX_SHOWN: Final = 100
DAYS: Final = ("valid_until",)


@dataclass(frozen=True, slots=True)
class Source:
    """Where an import came from. The name is as its person's machine has it."""

    file_name: str
    sha256: str
    way: Way


@dataclass(frozen=True, slots=True, order=True)
class Example:
    """A row and what would become of its card; ``columns`` with their words before and after."""

    row: int
    is_new: bool
    columns: tuple[tuple[str, str, str], ...] = ()


@dataclass(slots=True)
class Outcome:
    """What an import did, or a dry run says it would do."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    erased: int = 0
    gone: int = 0
    withdrawn: int = 0
    expired: int = 0
    """Not in the file, and over anyway: left alone."""
    shortens: int = 0
    """Rows with an earlier last day than the one that the card was given here. The rest of such a row counts
    as changed, if it says anything else.
    """
    shortened: int = 0
    """Those of them that were done all the same: it was asked for."""
    shortening: list[Example] = field(default_factory=list)
    columns: Counter[str] = field(default_factory=Counter)
    faulty: int = 0
    faults: list[FaultAt] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)
    import_id: int | None = None
    matched: Matched = NO_VISITS
    spellings: list[Spelling] = field(default_factory=list)
    """Names of the file that were taken as others."""

    def fault(self, row: int, fault: Fault) -> None:
        self.faulty += 1
        self.faults.append(FaultAt(row, fault))
        self._shorten()

    def count(self, row: int, known: Card | None, outcome: Compared) -> None:
        match outcome:
            case New():
                self.is_new(row)
            case Changed(card, columns):
                self.is_changed(row, tuple(_words(known, card, columns)))
            case Unchanged():
                self.unchanged += 1
            case Erased():
                self.erased += 1

    def shorten(self, row: int, known: Card, outcome: Changed, *, applied: bool) -> None:
        self.shortens += 1
        self.shortened += applied
        self.shortening.append(Example(row, is_new=False, columns=tuple(_words(known, outcome.card, DAYS))))
        self._shorten()

    def is_new(self, row: int) -> None:
        self.new += 1
        self.examples.append(Example(row, is_new=True))
        self._shorten()

    def is_changed(self, row: int, columns: tuple[tuple[str, str, str], ...]) -> None:
        self.changed += 1
        self.columns.update(name for name, _, _ in columns)
        self.examples.append(Example(row, is_new=False, columns=columns))
        self._shorten()

    def _shorten(self) -> None:
        """Rows come in any order, and the first ones of the file are shown."""
        if len(self.examples) > 4 * MAX_SHOWN:
            self.examples = sorted(self.examples)[:MAX_SHOWN]
        if len(self.shortening) > 4 * MAX_SHOWN:
            self.shortening = self.first_shortening()
        if len(self.faults) > 4 * MAX_SHOWN:
            self.faults = sorted(self.faults, key=_row)[:MAX_SHOWN]

    def first_faults(self) -> list[FaultAt]:
        return sorted(self.faults, key=_row)[:MAX_SHOWN]

    def first_shortening(self) -> list[Example]:
        return sorted(self.shortening)[:MAX_SHOWN]

    def first_examples(self) -> list[Example]:
        return sorted(self.examples)[:MAX_SHOWN]


def _row(fault: FaultAt) -> int:
    return fault.row


def _words(known: Card | None, card: Card, columns: Iterable[str]) -> Iterable[tuple[str, str, str]]:
    for name in columns:
        yield name, word(getattr(known, name)), word(getattr(card, name))


def word(value: object) -> str:
    return "" if value is None else str(value)


class RowsRefused(ToldError):  # noqa: N818  (what happened)
    """Nothing was written; ``outcome`` has the faults."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"{outcome.faulty} of {outcome.rows} rows cannot be taken, so nothing was imported.")
        self.outcome = outcome


class KeyChanged(ToldError):  # noqa: N818  (what happened)
    """The list's key was changed between the check of a file and its import. Nothing was written."""

    def __init__(self) -> None:
        super().__init__("The list key was changed while the file was read. Import the file once more.")


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
    shortens: int
    shortened: int
    erased: int
    undone_at: datetime | None
    matched_visits: int = 0
    matched_cards: int = 0
    matched_refused: int = 0

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
