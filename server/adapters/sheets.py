"""Tables as they really come: what sort of file it is, and its rows as text, one at a time."""

import hashlib
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol

from server.adapters.sheet_csv import CsvSheet
from server.adapters.sheet_xlsx import XlsxSheet
from server.domain.faults import FileError
from server.domain.headings import HEADER_ROWS, Headings, Layout

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0"
_CHUNK_BYTES: Final = 1 << 20

Rows = Iterator[tuple[int, list[str]]]
"""Numbered as a spreadsheet does it."""


class Sheet(Protocol):
    names: str
    """Of the sheets that were looked at; empty where the file has none."""

    def rows(self) -> Rows: ...


def read_table(path: Path, headings: Headings) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows below the headings that hold anything, each by its columns. Raises :class:`FileError`."""
    layout: Layout | None = None
    is_empty = True
    sheet = _open(path, headings)
    for number, cells in sheet.rows():
        if not any(cells) or not any(cell.strip() for cell in cells):
            continue
        is_empty = False
        if layout is None:
            layout = _layout(headings, number, cells, sheet.names)
        elif not layout.is_header(cells):
            yield number, layout.cells(cells)
    if is_empty:
        raise FileError("empty")
    if layout is None:
        raise _no_header(headings, sheet.names)


def _layout(headings: Headings, number: int, cells: Sequence[str], names: str) -> Layout | None:
    """Raises :class:`FileError` where ``cells`` are the headings and lack one."""
    if headings.is_header(cells):
        return headings.layout(cells)
    if number >= HEADER_ROWS:
        raise _no_header(headings, names)
    return None


def _no_header(headings: Headings, names: str) -> FileError:
    if names:
        return FileError("no_header_on", headings.needed, names)
    return FileError("no_header", headings.needed)


def _open(path: Path, headings: Headings) -> Sheet:
    start = _start(path)
    if start.startswith(_ZIP):
        return XlsxSheet(path, headings)
    if start.startswith(_OLE):
        raise FileError("old_excel")
    return CsvSheet(path, headings.known_in)


def _start(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise FileError("no_file")  # it is read more than once
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise FileError("unreadable", detail=error.strerror or "") from None
    if not start:
        raise FileError("empty")
    return start


def digest_of(path: Path) -> str:
    """SHA-256 of the file, in hex. Raises :class:`FileError`."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError as error:
        raise FileError("unreadable", detail=error.strerror or "") from None
    return digest.hexdigest()
