"""One row of a distributor's table of cards, made a card or all its faults, without its code."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from agent.wire.card_code import CardCode
from agent.wire.records import MAX_PARTY, CardKind
from server.domain.faults import RowError, no_faults
from server.domain.register import CardStatus, RegisterCard
from server.domain.words_in_files import (
    CARD_COLUMNS,
    KINDS,
    STATUSES,
    day_in,
    is_rounded,
    name,
    nothing_beyond,
    one_of,
    text_in,
)

COLUMNS: Final = tuple(column.name for column in CARD_COLUMNS)
_COLUMN: Final = {column.name: column for column in CARD_COLUMNS}

_ISSUED_AHEAD: Final = timedelta(days=366)
_VALID_AHEAD: Final = timedelta(days=10 * 366)
"""From today. A day beyond is a wrong year: nobody lists cards so early, and none is valid for so long."""


def card_of(cell: Mapping[str, str], pattern: re.Pattern[str], today: date) -> RegisterCard:
    """Take one row. Raises :class:`RowError`. What the row leaves empty, the card leaves open."""
    row = _Row(cell, pattern, today)
    try:
        return row.card()
    except RowError:  # the first fault; most rows have none
        no_faults(row.checks())
        raise


class _Row:
    """Its cells, each read by itself. All raise :class:`RowError`."""

    def __init__(self, cell: Mapping[str, str], pattern: re.Pattern[str], today: date) -> None:
        self._cell = cell
        self._pattern = pattern
        self._today = today

    def card(self) -> RegisterCard:
        nothing_beyond(self._cell)
        issued_on, valid_until = self._days()
        return RegisterCard(
            code=self._code(),
            kind=self._kind(),
            distributor=self._name("distributor"),
            area=self._name("area"),
            issued_on=issued_on,
            valid_until=valid_until,
            max_children=self._children(),
            status=self._status(),
        )

    def checks(self) -> Iterator[Callable[[], object]]:
        """In the order of the columns."""
        yield lambda: nothing_beyond(self._cell)
        yield self._code
        yield self._kind
        yield lambda: self._name("distributor")
        yield lambda: self._name("area")
        yield self._issued_on
        yield self._valid_until
        yield self._days
        yield self._children
        yield self._status

    def _text(self, column: str) -> str:
        return text_in(self._cell, _COLUMN[column])

    def _code(self) -> CardCode:
        text = self._text("code")
        code = CardCode.parse(text, self._pattern)
        if code is None:
            raise RowError.of("code_rounded" if is_rounded(text) else "code_shape", "code")
        return code

    def _kind(self) -> CardKind:
        return one_of("kind", self._text("kind"), KINDS)

    def _name(self, column: str) -> str:
        return name(column, self._text(column), self._pattern)

    def _issued_on(self) -> date:
        return self._day("issued_on", self._text("issued_on"), _ISSUED_AHEAD)

    def _valid_until(self) -> date | None:
        text = self._text("valid_until")
        return self._day("valid_until", text, _VALID_AHEAD) if text else None

    def _day(self, column: str, text: str, ahead: timedelta) -> date:
        day = day_in(column, text)
        if day > self._today + ahead:
            raise RowError.of("far_ahead", column)
        return day

    def _days(self) -> tuple[date, date | None]:
        issued_on, valid_until = self._issued_on(), self._valid_until()
        if valid_until is not None and valid_until < issued_on:
            raise RowError.of("until_before_issue", "valid_until")
        return issued_on, valid_until

    def _children(self) -> int | None:
        text = self._text("max_children")
        if not text:
            return None
        if not text.isascii() or not text.isdigit() or len(text) > 2 or int(text) > MAX_PARTY:  # noqa: PLR2004
            raise RowError.of("not_children", "max_children", str(MAX_PARTY))
        return int(text)

    def _status(self) -> CardStatus | None:
        text = self._text("status")
        return one_of("status", text, STATUSES) if text else None
