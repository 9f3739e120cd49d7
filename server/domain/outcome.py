"""What an import did, or a dry run says it would do."""

from collections import Counter
from collections.abc import Collection, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from agent.told import ToldError
from server.domain.comparing import Changed, Compared, Erased, New, Unchanged
from server.domain.faults import Fault, FaultAt
from server.domain.headings import Ignored
from server.domain.matching import NO_VISITS, Matched
from server.domain.register import Card
from server.domain.spellings import Spelling

MAX_SHOWN: Final = 100


@dataclass(frozen=True, slots=True, order=True)
class Example:
    """A row and what would become of its card; ``columns`` with their words before and after."""

    row: int
    is_new: bool
    columns: tuple[tuple[str, str, str], ...] = ()


@dataclass(slots=True)
class Guarded:
    """Rows that would take back what was decided here. Their other columns count as any row's."""

    rows: int = 0
    done: int = 0
    """Those of them that were done all the same: it was asked for."""
    examples: list[Example] = field(default_factory=list)

    @property
    def kept(self) -> int:
        return self.rows - self.done

    def add(self, row: int, known: Card, card: Card, column: str, *, done: bool) -> None:
        self.rows += 1
        self.done += done
        self.examples.append(Example(row, is_new=False, columns=tuple(_words(known, card, (column,)))))
        if len(self.examples) > 4 * MAX_SHOWN:
            self.examples = self.first()

    def first(self) -> list[Example]:
        return sorted(self.examples)[:MAX_SHOWN]


Distributor = tuple[str, str]
"""Area and name."""


@dataclass(frozen=True, slots=True, order=True)
class Missing:
    """A card that the file does not have: it has no row to be named by."""

    area: str
    distributor: str
    masked_code: str
    issued_on: date
    valid_until: date


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
    newer: int = 0
    """Not in the file, and it may be too old to have them: left alone."""
    in_use: Counter[Distributor] = field(default_factory=Counter)
    """Cards of the file's distributors that are in use, whether it has them or not."""
    gone_from: Counter[Distributor] = field(default_factory=Counter)
    newer_from: Counter[Distributor] = field(default_factory=Counter)
    gone_cards: list[Missing] = field(default_factory=list)
    newer_cards: list[Missing] = field(default_factory=list)
    """Of both the first ones."""
    older: Guarded = field(default_factory=Guarded)
    """Rows of an earlier issue, or of before a renewal here and with an earlier last day."""
    reopening: Guarded = field(default_factory=Guarded)
    """Rows that call a card valid which was blocked or withdrawn here."""
    columns: Counter[str] = field(default_factory=Counter)
    faulty: int = 0
    """Rows; each may have several faults."""
    fault_count: int = 0
    faults: list[FaultAt] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)
    import_id: int | None = None
    matched: Matched = NO_VISITS
    spellings: list[Spelling] = field(default_factory=list)
    """Names of the file that were taken as others."""

    ignored: list[Ignored] = field(default_factory=list)
    """Columns of the file that are none of ours."""
    new_areas: Counter[str] = field(default_factory=Counter)
    new_distributors: Counter[Distributor] = field(default_factory=Counter)
    """Names that come into being, with how many rows bring them."""

    def gone_on(self) -> "Outcome":
        """A copy to count on from."""
        return deepcopy(self)

    def note_new_names(self, area: str, distributor: str, areas: Collection[str]) -> None:
        """Of a row whose distributor is a new one; ``areas`` are known."""
        self.new_distributors[area, distributor] += 1
        if area not in areas:
            self.new_areas[area] += 1

    def miss(self, missing: Missing, *, newer: bool) -> None:
        """Count a card that the file does not have, and that is not over."""
        if newer:
            self.newer += 1
        else:
            self.gone += 1
        counted, shown = (self.newer_from, self.newer_cards) if newer else (self.gone_from, self.gone_cards)
        counted[missing.area, missing.distributor] += 1
        if len(shown) < MAX_SHOWN:
            shown.append(missing)

    @property
    def most_gone(self) -> tuple[tuple[Distributor, int, int], ...]:
        """Distributors of whose cards in use the file lacks more than half: so many, of so many."""
        counts = ((of, count, self.in_use[of]) for of, count in sorted(self.gone_from.items()))
        return tuple((of, count, all_of) for of, count, all_of in counts if 2 * count > all_of)

    def fault(self, row: int, *faults: Fault) -> None:
        """All that is wrong with one row."""
        self.faulty += 1
        self.fault_count += len(faults)
        self.faults += [FaultAt(row, fault) for fault in faults]
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
        if len(self.faults) > 4 * MAX_SHOWN:
            self.faults = sorted(self.faults, key=_row)[:MAX_SHOWN]

    def first_faults(self) -> list[FaultAt]:
        return sorted(self.faults, key=_row)[:MAX_SHOWN]

    def first_examples(self) -> list[Example]:
        return sorted(self.examples)[:MAX_SHOWN]


def _row(fault: FaultAt) -> int:
    return fault.row


def _words(known: Card | None, card: Card, columns: Iterable[str]) -> Iterable[tuple[str, str, str]]:
    for name in columns:
        yield name, word(getattr(known, name)), word(getattr(card, name))


def word(value: object) -> str:
    return "" if value is None else str(value)


class MostGone(ToldError):  # noqa: N818  (what happened)
    """Nothing was written: the file lacks most of somebody's cards, so it is likely a part of a list."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        (_, name), count, all_of = outcome.most_gone[0]
        more = f", and most of {len(outcome.most_gone) - 1} more distributors'" * (len(outcome.most_gone) > 1)
        super().__init__(
            f"The file lacks {count} of the {all_of} cards of {name} that are in use{more}, so nothing was"
            " imported. Is it the whole list? To withdraw them all the same: --withdraw-most. Without"
            " --gone withdraw they stay as they are."
        )


class RowsRefused(ToldError):  # noqa: N818  (what happened)
    """Nothing was written; ``outcome`` has the faults."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"{outcome.faulty} of {outcome.rows} rows cannot be taken, so nothing was imported.")
        self.outcome = outcome
