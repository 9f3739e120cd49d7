"""A file that was checked row by row, laid by in the order of the list: a million cards in a few megabytes.

A private SQLite file without a name, gone with the process. What the register would become of it is laid by
beside it. So an import holds the register's lock for as long as it writes, and not for as long as a
spreadsheet is taken apart and compared.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Self, get_args

from agent.wire.card_code import CardCode
from agent.wire.card_key import ListKey
from agent.wire.records import CardKind
from agent.wire.signed import signed
from server.adapters.sheets import read_table
from server.domain.card_file import card_of
from server.domain.days import FIRST_DAY, LAST_DAY
from server.domain.faults import Fault, FileError, RowError
from server.domain.headings import Given, Headings
from server.domain.outcome import Outcome
from server.domain.register import Card, CardStatus, RegisterCard, StoredStatus
from server.domain.words_in_files import CARD_COLUMNS

STEP_ROWS: Final = 1_000
_KINDS: Final[dict[str, CardKind]] = {kind: kind for kind in get_args(CardKind)}
_STORED: Final[dict[str, StoredStatus]] = {status: status for status in get_args(StoredStatus)}
_STATUSES: Final[dict[str | None, CardStatus | None]] = {None: None} | {s: s for s in get_args(CardStatus)}


@dataclass(frozen=True, slots=True)
class SpooledCard:
    row: int
    key: int
    """As the database keeps it: signed."""
    card: RegisterCard


@dataclass(frozen=True, slots=True)
class StagedCard:
    """What an import makes of a card, worked out before it holds the register's lock."""

    key: int
    code: CardCode
    is_known: bool
    """Whether the register has a row of it."""
    card: Card


class CardSpool:
    def __init__(self, list_key: ListKey, today: date = LAST_DAY) -> None:
        """``today`` tells which days are to come: left out, none."""
        self.list_key = list_key
        self.today = today
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.execute("BEGIN")
        self._file.execute(
            "CREATE TABLE spool (key INTEGER PRIMARY KEY, line INTEGER, code TEXT, kind TEXT,"
            " distributor TEXT, area TEXT, issued_on TEXT, valid_until TEXT, children INTEGER, status TEXT)"
        )
        self._file.execute(
            "CREATE TABLE staged (key INTEGER PRIMARY KEY, code TEXT, is_known INTEGER, kind TEXT,"
            " distributor TEXT, area TEXT, issued_on TEXT, valid_until TEXT, children INTEGER, status TEXT)"
        )
        self._file.execute("CREATE TABLE leaving (key INTEGER PRIMARY KEY)")
        self.rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()

    def add(self, row: int, card: RegisterCard) -> Fault | None:
        """``None``, or why not: its code was there already."""
        key = signed(self.list_key.card_key(card.code))
        try:
            self._file.execute("INSERT INTO spool VALUES (?,?,?,?,?,?,?,?,?,?)", (key, row, *_values(card)))
        except sqlite3.IntegrityError:
            query = "SELECT code, line FROM spool WHERE key = ?"
            code, earlier = self._file.execute(query, (key,)).fetchone()
            is_same = code == card.code.reveal()
            return Fault("twice", "code", str(earlier)) if is_same else Fault("code_clash", "code")
        self.rows += 1
        return None

    def cards(self) -> Iterator[SpooledCard]:
        """In the order of their keys."""
        for (
            key,
            row,
            code,
            kind,
            distributor,
            area,
            issued_on,
            valid_until,
            most,
            status,
        ) in self._file.execute("SELECT * FROM spool ORDER BY key"):
            card = RegisterCard(
                code=CardCode(code),
                kind=_KINDS[kind],
                distributor=distributor,
                area=area,
                issued_on=date.fromisoformat(issued_on),
                valid_until=date.fromisoformat(valid_until) if valid_until else None,
                max_children=most,
                status=_STATUSES[status],
            )
            yield SpooledCard(row, key, card)

    def distributors(self) -> list[tuple[str, str]]:
        """Area and name of each that the file has cards of, in the order of their first rows."""
        query = "SELECT area, distributor FROM spool GROUP BY 1, 2 ORDER BY min(line)"
        return self._file.execute(query).fetchall()

    def newest(self) -> date | None:
        """The last day on which one of the cards was issued; ``None`` where there are none.

        A day to come is a slip of the pen and says nothing of the list. Of one that has no other, one knows
        nothing: it may be as old as can be.
        """
        if not self.rows:
            return None
        query = "SELECT max(issued_on) FROM spool WHERE issued_on <= ?"
        (found,) = self._file.execute(query, (self.today.isoformat(),)).fetchone()
        return date.fromisoformat(found) if found else FIRST_DAY

    def unstage(self) -> None:
        self._file.execute("DELETE FROM staged")
        self._file.execute("DELETE FROM leaving")

    def stage(self, cards: Iterable[StagedCard]) -> None:
        rows = ((one.key, one.code.reveal(), one.is_known, *_written(one.card)) for one in cards)
        self._file.executemany("INSERT INTO staged VALUES (?,?,?,?,?,?,?,?,?,?)", rows)

    def stage_leaving(self, keys: Iterable[int]) -> None:
        self._file.executemany("INSERT INTO leaving VALUES (?)", ((key,) for key in keys))

    def staged(self) -> Iterator[StagedCard]:
        """In the order of their keys."""
        for (
            key,
            code,
            is_known,
            kind,
            distributor,
            area,
            issued_on,
            valid_until,
            most,
            status,
        ) in self._file.execute("SELECT * FROM staged ORDER BY key"):
            card = Card(
                kind=_KINDS[kind],
                distributor=distributor,
                area=area,
                issued_on=date.fromisoformat(issued_on),
                valid_until=date.fromisoformat(valid_until),
                max_children=most,
                status=_STORED[status],
            )
            yield StagedCard(key, CardCode(code), bool(is_known), card)

    def staged_count(self) -> int:
        """How many are to be written, those that leave among them."""
        query = "SELECT (SELECT count(*) FROM staged) + (SELECT count(*) FROM leaving)"
        return int(self._file.execute(query).fetchone()[0])

    def leaving(self) -> Iterator[int]:
        for (key,) in self._file.execute("SELECT key FROM leaving ORDER BY key"):
            yield key

    def has(self, key: int) -> bool:
        return self._file.execute("SELECT 1 FROM spool WHERE key = ?", (key,)).fetchone() is not None


def check_cards(
    path: Path,
    given: Given,
    pattern: re.Pattern[str],
    spool: CardSpool,
    tell: Callable[[int], object] = lambda _: None,
) -> Outcome:
    """Lay by what can be taken of ``path``, and say what cannot. Raises FileError."""
    outcome = Outcome()
    headings = Headings(CARD_COLUMNS, given)
    for row, cells in read_table(path, headings):
        outcome.rows += 1
        try:
            if fault := spool.add(row, card_of(cells, pattern, spool.today)):
                outcome.fault(row, fault)
        except RowError as error:
            outcome.fault(row, *error.faults)
        if outcome.rows % STEP_ROWS == 0:
            tell(outcome.rows)
    if not outcome.rows:
        raise FileError("no_rows")
    outcome.ignored = headings.ignored_without_codes(pattern)
    return outcome


def _written(card: Card) -> tuple[object, ...]:
    return (
        card.kind,
        card.distributor,
        card.area,
        card.issued_on.isoformat(),
        card.valid_until.isoformat(),
        card.max_children,
        card.status,
    )


def _values(card: RegisterCard) -> tuple[object, ...]:
    return (
        card.code.reveal(),
        card.kind,
        card.distributor,
        card.area,
        card.issued_on.isoformat(),
        card.valid_until.isoformat() if card.valid_until else None,
        card.max_children,
        card.status,
    )
