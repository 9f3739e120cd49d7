"""XLSX by openpyxl, a row at a time: dates as days, numbers as the digits that a person sees."""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice, repeat
from pathlib import Path
from typing import Any, Final, Protocol
from xml.etree.ElementTree import ParseError

from openpyxl.chartsheet import Chartsheet
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.exceptions import InvalidFileException

from server.domain.faults import FileError
from server.domain.headings import HEADER_ROWS, NO_VALUE
from server.domain.names import printable

MAX_COLUMNS: Final = 100
MAX_UNPACKED_BYTES: Final = 2 << 30
"""A file of a few kilobytes may unpack to a disk full."""
_EXACT: Final = 10**15
"""A spreadsheet keeps fifteen digits of a number; what it shows of a longer one is rounded."""
_PIECE_BYTES: Final = 1 << 20
_FORMULA: Final = re.compile(rb"<(?:\w{1,8}:)?f[ />]")
_LONGEST: Final = 16
_ZEROS: Final = re.compile(r"0+")
_BROKEN: Final = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    EOFError,
    NotImplementedError,
    KeyError,
    IndexError,
    TypeError,
    ValueError,
    AttributeError,
)
"""What openpyxl lets through of a file that is damaged or made by something else."""


class Known(Protocol):
    """What tells a table from a title page."""

    def is_header(self, row: Sequence[str]) -> bool: ...

    def is_like_a_row(self, row: Sequence[str]) -> bool: ...


class XlsxSheet:
    """The one sheet with rows, of those that are not hidden. Raises :class:`FileError`."""

    def __init__(self, path: Path, known: Known, *, most_bytes: int = MAX_UNPACKED_BYTES) -> None:
        self._path = path
        self._known = known
        self.names = ""
        """Of the sheets that are not hidden, as soon as rows are read."""
        try:
            with zipfile.ZipFile(path) as packed:
                if sum(part.file_size for part in packed.infolist()) > most_bytes:
                    raise FileError("too_large", detail=f"{most_bytes >> 20} MB unpacked")
                if "content.xml" in packed.namelist():
                    raise FileError("opendocument")
                self._has_formulas = _has_formulas(packed)
        except _BROKEN:
            raise FileError("broken_excel") from None

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        # They quote cells, and a cell may be a code.
        warnings.filterwarnings("ignore", module="openpyxl")
        try:
            with ExitStack() as books:
                book = self._open(books, data_only=True)
                name = self._sheet_of(book)
                values = _cells(book[name])
                formulas = (
                    _cells(self._open(books, data_only=False)[name]) if self._has_formulas else repeat(None)
                )
                for number, (cells, written) in enumerate(zip(values, formulas, strict=False), start=1):
                    yield number, _trimmed(cells if written is None else map(_valued, cells, written))
        except _BROKEN:
            raise FileError("broken_excel") from None
        except OSError as error:
            raise FileError("unreadable", detail=error.strerror or "") from None

    def _open(self, books: ExitStack, *, data_only: bool) -> Any:  # noqa: ANN401  (openpyxl has no types)
        file = books.enter_context(self._path.open("rb"))  # by its path it would go by the ending of the name
        reader = _Reader(file, read_only=True, data_only=data_only)
        reader.read()
        books.callback(reader.wb.close)
        return reader.wb

    def _sheet_of(self, book: Any) -> str:  # noqa: ANN401  (likewise)
        """Its name. Rows of another must not be left out without a word: their cards may be withdrawn."""
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not shown:
            raise FileError("empty")
        self.names = _named(shown)
        if len(shown) == 1:
            return str(shown[0].title)
        found = [(sheet, self._look(sheet)) for sheet in shown]
        headed = [sheet for sheet, look in found if look.has_headings]
        full = [sheet for sheet, look in found if look.has_rows]
        if headed and len(full) > 1:
            raise FileError("many_sheets", detail=_named(full))
        with_any = [sheet for sheet, look in found if not look.is_empty]
        return str(next(iter([*(full if headed else ()), *headed, *with_any, *shown])).title)

    def _look(self, sheet: Any) -> "_Look":  # noqa: ANN401  (likewise)
        """Reads on below the headings until there is a row."""
        rows = (_trimmed(cells) for cells in _cells(sheet))
        look = _Look()
        for cells in islice(rows, HEADER_ROWS):
            look.is_empty &= not any(cell.strip() for cell in cells)
            if self._known.is_header(cells):
                look.has_headings = True
                look.has_rows = any(cell.strip() for below in rows for cell in below)
                break
            look.has_rows |= self._known.is_like_a_row(cells)
        return look


@dataclass(slots=True)
class _Look:
    is_empty: bool = True
    has_headings: bool = False
    has_rows: bool = False
    """Below its headings; or, without any, such as could go on from another sheet."""


class _Reader(ExcelReader):  # type: ignore[misc]  # openpyxl has no types
    def read_chartsheet(self, _sheet: Any, _rel: Any) -> None:  # noqa: ANN401  (likewise)
        """It holds no table, so it need not be whole. It keeps its place: others are counted by it."""
        self.wb._sheets.append(Chartsheet(parent=self.wb))  # noqa: SLF001  (as the reader does)


def _cells(sheet: Any) -> Iterator[Any]:  # noqa: ANN401  (openpyxl has no types)
    sheet.reset_dimensions()  # some programs write wrong ones, and some a million rows of nothing
    rows: Iterator[Any] = sheet.iter_rows(min_row=1, max_col=MAX_COLUMNS)
    return rows


def _named(sheets: Iterable[Any]) -> str:
    return ", ".join(printable(sheet.title) for sheet in sheets)


def _has_formulas(packed: zipfile.ZipFile) -> bool:
    """Most files have none, and need not be read a second time for them."""
    for name in packed.namelist():
        if not name.startswith("xl/worksheets/"):
            continue
        with packed.open(name) as part:
            end = b""
            while piece := part.read(_PIECE_BYTES):
                if _FORMULA.search(end + piece):
                    return True
                end = piece[-_LONGEST:]
    return False


@dataclass(frozen=True, slots=True)
class _NoValue:
    value: str = NO_VALUE


def _valued(cell: Any, written: Any) -> Any:  # noqa: ANN401  (openpyxl has no types)
    """A formula whose value a program left out reads as an empty cell. An empty text is one that it has."""
    lost = written.data_type == "f" and cell.value is None and cell.data_type == "n"
    return _NoValue() if lost else cell


def _trimmed(cells: Iterable[Any]) -> list[str]:
    texts = [_text(cell) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _text(cell: Any) -> str:  # noqa: ANN401, PLR0911  (openpyxl has no types; one line a type)
    value = cell.value
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return str(value).upper()
        case int() | float():
            return number_text(value, cell.number_format)
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value)


def number_text(value: float, number_format: str) -> str:
    """``42`` in the format ``00000`` is ``00042``; a number that was rounded says so by its exponent."""
    if abs(value) >= _EXACT:
        return f"{value:.2e}"
    if value != int(value):
        return repr(value)
    digits = str(int(value))
    return digits.zfill(len(number_format)) if _ZEROS.fullmatch(number_format or "") else digits
