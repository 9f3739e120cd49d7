"""XLSX by openpyxl, a row at a time: dates as days, numbers as the digits that a person sees."""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from server.domain.faults import FileError

MAX_COLUMNS: Final = 100
MAX_UNPACKED_BYTES: Final = 2 << 30
"""A file of a few kilobytes may unpack to a disk full."""
_EXACT: Final = 10**15
"""A spreadsheet keeps fifteen digits of a number; what it shows of a longer one is rounded."""
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


class XlsxSheet:
    """The first sheet that is not hidden. Raises :class:`FileError`."""

    def __init__(self, path: Path, *, most_bytes: int = MAX_UNPACKED_BYTES) -> None:
        self._path = path
        try:
            with zipfile.ZipFile(path) as packed:
                if sum(part.file_size for part in packed.infolist()) > most_bytes:
                    raise FileError("too_large", detail=f"{most_bytes >> 20} MB unpacked")
                if "content.xml" in packed.namelist():
                    raise FileError("opendocument")
        except _BROKEN:
            raise FileError("broken_excel") from None

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        # They quote cells, and a cell may be a code.
        warnings.filterwarnings("ignore", module="openpyxl")
        try:
            book = load_workbook(self._path, read_only=True, data_only=True)
            try:
                sheet = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
                sheet.reset_dimensions()  # some programs write wrong ones, and some a million rows of nothing
                for number, cells in enumerate(sheet.iter_rows(min_row=1, max_col=MAX_COLUMNS), start=1):
                    yield number, _trimmed(cells)
            finally:
                book.close()
        except (*_BROKEN, StopIteration):
            raise FileError("broken_excel") from None
        except OSError as error:
            raise FileError("unreadable", detail=error.strerror or "") from None


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
