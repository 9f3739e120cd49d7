"""A distributor's CSV file as it really comes: two separators, two encodings, checked before it is taken."""

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from agent.told import ToldError
from server.domain.card_file import Layout, RowError
from server.domain.register import RegisterCard

SHOWN_ERRORS: Final = 20
_CHUNK_BYTES: Final = 1 << 20
_SAMPLE_CHARS: Final = 65_536


class CardFileError(ToldError):
    """The file cannot be taken; the text says why, by row number and without a code."""


class CardFile:
    """A file that was checked whole; :meth:`cards` reads it again, so memory holds one row at a time."""

    def __init__(self, path: Path, pattern: re.Pattern[str]) -> None:
        self._path = path
        self._pattern = pattern
        self._encoding = _encoding(path)
        self._delimiter = self._find_delimiter()
        self.rows = self._check()

    def cards(self) -> Iterator[RegisterCard]:
        for number, card in self._rows():
            if isinstance(card, RowError):
                raise CardFileError(f"{self._path}: row {number} changed while it was read. Start again.")
            yield card

    def _check(self) -> int:
        faults: list[str] = []
        faulty = rows = 0
        codes: set[int] = set()
        for number, card in self._rows():
            rows += 1
            fault = str(card) if isinstance(card, RowError) else ""
            if isinstance(card, RegisterCard):
                name = hash(card.code)
                fault = "has the code of an earlier row" if name in codes else ""
                codes.add(name)
            if fault:
                faulty += 1
                if len(faults) < SHOWN_ERRORS:
                    faults.append(f"  row {number}: {fault}")
        if faulty:
            more = f"\n  and {faulty - len(faults)} more" if faulty > len(faults) else ""
            raise CardFileError(
                f"{self._path}: {faulty} of {rows} rows cannot be taken, so nothing was imported.\n"
                + "\n".join(faults)
                + more
            )
        if not rows:
            raise CardFileError(f"{self._path} holds no cards below its first row. Nothing was imported.")
        return rows

    def _rows(self) -> Iterator[tuple[int, RegisterCard | RowError]]:
        """Row number as a spreadsheet shows it, and the card or what is wrong."""
        with self._path.open(encoding=self._encoding, newline="") as file:
            table = csv.reader(file, delimiter=self._delimiter)
            number = 1
            try:
                layout = Layout.of(next(table, []))
                for number, cells in enumerate(table, start=2):
                    if any(cell.strip() for cell in cells):
                        yield number, _row(layout, cells, self._pattern)
            except RowError as error:
                raise CardFileError(f"{self._path}: {error}.") from None
            except csv.Error:
                raise CardFileError(
                    f"{self._path}: row {number + 1} is no CSV (an open quotation mark?)."
                ) from None

    def _find_delimiter(self) -> str:
        with self._path.open(encoding=self._encoding, newline="") as file:
            first = file.readline(_SAMPLE_CHARS)
        if not first.strip():
            raise CardFileError(f"{self._path} is empty. Nothing was imported.")
        return ";" if first.count(";") >= first.count(",") else ","


def _row(layout: Layout, cells: list[str], pattern: re.Pattern[str]) -> RegisterCard | RowError:
    try:
        return layout.card(cells, pattern)
    except RowError as error:
        return error


def _encoding(path: Path) -> str:
    """UTF-8 (with or without its mark) where the whole file is that, else Windows-1252."""
    if path.exists() and not path.is_file():
        raise CardFileError(f"{path} is no ordinary file. Name a CSV file.")  # it is read three times
    try:
        with path.open("rb") as file:
            if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
                raise CardFileError(f"{path} is UTF-16 (Unicode text). Save it as CSV UTF-8.")
        for encoding in ("utf-8", "cp1252"):
            if _decodes(path, encoding):
                return "utf-8-sig" if encoding == "utf-8" else encoding
    except OSError as error:
        raise CardFileError(f"{path} cannot be read: {error.strerror}.") from None
    raise CardFileError(f"{path} is neither UTF-8 nor Windows-1252. Save it as CSV UTF-8.")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK_BYTES):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
