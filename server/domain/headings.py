"""Which column of a table is which: by its English or Finnish heading, or by what a person says."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Final

from agent.wire.told_code import without_codes
from server.domain.faults import FileError
from server.domain.names import MAX_NAME_CHARS, printable

HEADER_ROWS: Final = 30
"""Titles and notes may stand above the headings, this far down."""
_ENOUGH: Final = 2
"""So many known headings make a row the row of headings."""
_LEAST_OF_A_ROW: Final = 3
"""``Päivitetty | 24.11.2026`` is none."""
NO_VALUE: Final = "\ufffe"
"""In the place of a cell whose formula came without its value; no text holds this."""
BEYOND: Final = ""
"""The column of what stands to the right of the last heading: no column has this name."""
_NEAR: Final = 0.75
"""``tilaa`` is near ``tila``, ``kortin nimi`` is not near ``kortin tila``."""
_WHOLE_WORD: Final = 5
_UNSEEN: Final = "\ufeff\u200b"
"""Marks that files carry from where they were put together; no spreadsheet shows them."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    also: tuple[str, ...]
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What a person says about a file beside it."""

    headings: Mapping[str, str] = field(default_factory=dict)
    """By column: the heading that this file has for it."""
    values: Mapping[str, str] = field(default_factory=dict)
    """By column: the value of every row whose cell is empty or missing."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each column is in this file."""

    places: Mapping[str, int]
    values: Mapping[str, str]
    header: tuple[str, ...]

    def cells(self, row: Sequence[str]) -> dict[str, str]:
        """Every column's cell; empty where the file has none, for spreadsheets leave out what is empty."""
        found = dict(self.values)
        for name, place in self.places.items():
            if place < len(row) and (cell := clean(row[place])):
                found[name] = cell
        if any(clean(cell) for cell in row[len(self.header) :]):
            found[BEYOND] = NO_VALUE
        return found

    def is_header(self, row: Sequence[str]) -> bool:
        """Whether ``row`` is the headings once more, as where files were put together."""
        return tuple(heading(cell) for cell in row)[: len(self.header)] == self.header


@dataclass(frozen=True, slots=True)
class Ignored:
    """A column of the file that is none of ours."""

    heading: str
    meant: str = ""
    """The column that it is likely to be, where the file has no other for it."""


class Headings:
    """Finds the columns of one sort of table. ``ignored`` is known once they are found."""

    def __init__(self, columns: Sequence[Column], given: Given) -> None:
        self._columns = columns
        self._given = given
        self.ignored: tuple[Ignored, ...] = ()
        self._names = {
            heading(word): column.name
            for column in columns
            if column.name not in given.headings
            for word in (column.name, *column.also)
        } | {heading(word): name for name, word in given.headings.items()}

    def ignored_without_codes(self, pattern: re.Pattern[str]) -> list[Ignored]:
        return [replace(one, heading=without_codes(one.heading, pattern)) for one in self.ignored]

    def known_in(self, row: Sequence[str]) -> int:
        """How many columns of ours ``row`` names."""
        return len({self._names[word] for cell in row if (word := heading(cell)) in self._names})

    def is_header(self, row: Sequence[str]) -> bool:
        needed = min(_ENOUGH, sum(column.name not in self._given.values for column in self._columns))
        return self.known_in(row) >= needed

    def is_like_a_row(self, row: Sequence[str]) -> bool:
        """Whether so many cells hold anything as a row of such a table has to: a title has fewer."""
        needed = sum(column.needed and column.name not in self._given.values for column in self._columns)
        return sum(bool(clean(cell)) for cell in row) >= max(_LEAST_OF_A_ROW, needed)

    def layout(self, row: Sequence[str]) -> Layout:
        """Raises :class:`FileError`."""
        words = tuple(heading(cell) for cell in row)
        places: dict[str, int] = {}
        for place, word in enumerate(words):
            name = self._names.get(word)
            if name in places:
                raise _twice(name or "", row[places[name]], row[place])
            if name is not None:
                places[name] = place
        for name in self._given.headings:
            if name not in places:
                raise FileError("mapped_nowhere", name)
        lacking = [
            column.name
            for column in self._columns
            if column.needed and column.name not in places and not self._given.values.get(column.name)
        ]
        if lacking:
            raise FileError("lacks", ", ".join(lacking), self.needed)
        self.ignored = tuple(
            Ignored(printable(clean(cell))[:MAX_NAME_CHARS], self._meant(word, places))
            for cell, word in zip(row, words, strict=True)
            if word and word not in self._names
        )
        return Layout(places, {column.name: "" for column in self._columns} | dict(self._given.values), words)

    def _meant(self, word: str, places: Mapping[str, int]) -> str:
        open_words = [known for known, name in self._names.items() if name not in places]
        longer = [known for known in open_words if len(known) >= _WHOLE_WORD and word.startswith(known)]
        near = longer or get_close_matches(word, open_words, n=1, cutoff=_NEAR)
        return self._names[near[0]] if near else ""

    @property
    def needed(self) -> str:
        return ", ".join(column.name for column in self._columns if column.needed)


def _twice(name: str, one: str, other: str) -> FileError:
    """Two headings that are the same cannot be told apart by their words."""
    if heading(one) == heading(other):
        return FileError("column_same", name, clean(other))
    return FileError("column_twice", name, f"{clean(one)}, {clean(other)}")


def heading(cell: str) -> str:
    """``"  Myönnetty: "`` → ``myönnetty``, however ä is put together."""
    text = unicodedata.normalize("NFKC", clean(cell)).casefold().replace("_", " ")
    return " ".join(text.rstrip(":*.").split())


def clean(cell: str) -> str:
    return cell.strip(_UNSEEN).strip().strip(_UNSEEN)
