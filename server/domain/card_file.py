"""A distributor's table of cards: its columns, and one row made a card or a reason without its code."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar, get_args

from agent.wire.card_code import CardCode
from agent.wire.records import MAX_PARTY, CardKind
from server.domain.days import FIRST_DAY, LAST_DAY, can_be_said, day_of
from server.domain.names import MAX_NAME_CHARS, is_name
from server.domain.register import CardStatus, RegisterCard, last_day

COLUMNS: Final = (
    "code",
    "kind",
    "distributor",
    "area",
    "issued_on",
    "valid_until",
    "max_children",
    "status",
)


class RowError(Exception):
    """A row that cannot be taken; the text never holds the code."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each column is in this file."""

    places: Mapping[str, int]

    @classmethod
    def of(cls, header: Sequence[str]) -> "Layout":
        """Read the first row. Raises :class:`RowError`."""
        names = [name.strip().lower() for name in header]
        missing = [name for name in COLUMNS if name not in names]
        if missing:
            raise RowError(
                f"the first row lacks {', '.join(missing)}; it must name the columns {', '.join(COLUMNS)}"
            )
        if twice := sorted({name for name in COLUMNS if names.count(name) > 1}):
            raise RowError(f"the first row names {', '.join(twice)} twice")
        return cls({name: names.index(name) for name in COLUMNS})

    def card(self, cells: Sequence[str], pattern: re.Pattern[str]) -> RegisterCard:
        """Take one row. Raises :class:`RowError`."""
        if len(cells) <= max(self.places.values()):
            raise RowError("has too few columns")
        cell = {name: cells[place].strip() for name, place in self.places.items()}
        code = CardCode.parse(cell["code"], pattern)
        if code is None:
            raise RowError("code does not have the form of this fleet's cards (pattern in fleet.toml)")
        issued_on = _day("issued_on", cell["issued_on"])
        valid_until = _day("valid_until", cell["valid_until"]) if cell["valid_until"] else last_day(issued_on)
        if valid_until < issued_on:
            raise RowError("valid_until is before issued_on")
        return RegisterCard(
            code=code,
            kind=_one_of("kind", cell["kind"], _KINDS),
            distributor=_name("distributor", cell["distributor"]),
            area=_name("area", cell["area"]),
            issued_on=issued_on,
            valid_until=valid_until,
            max_children=_children(cell["max_children"]),
            status=_one_of("status", cell["status"] or "active", _STATUSES),
        )


_KINDS: Final[tuple[CardKind, ...]] = get_args(CardKind)
_STATUSES: Final[tuple[CardStatus, ...]] = get_args(CardStatus)

T = TypeVar("T", bound=str)


def _one_of(column: str, text: str, choices: tuple[T, ...]) -> T:
    for choice in choices:
        if text.lower() == choice:
            return choice
    raise RowError(f"{column} is none of {', '.join(choices)}")


def _name(column: str, text: str) -> str:
    if not is_name(text):
        raise RowError(f"{column} must be a name of 1 to {MAX_NAME_CHARS} characters")
    return text


def _day(column: str, text: str) -> date:
    day = day_of(text)
    if day is None:
        raise RowError(f"{column} is no date such as 2026-11-24")
    if not can_be_said(day):
        raise RowError(f"{column} is outside the years {FIRST_DAY.year} to {LAST_DAY.year - 1}")
    return day


def _children(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 2 or int(text) > MAX_PARTY:  # noqa: PLR2004
        raise RowError(f"max_children is no number from 0 to {MAX_PARTY}")
    return int(text)
