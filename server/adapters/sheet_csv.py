"""CSV as it really comes: three separators, three encodings, a line that names the separator."""

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Final

from server.domain.faults import FileError
from server.domain.headings import HEADER_ROWS

_TOO_LONG: Final = "field larger than field limit"
"""What the reader says of a cell of more than 131,072 characters."""
_SEPARATORS: Final = (";", ",", "\t")
_CHUNK_BYTES: Final = 1 << 20
_SAMPLE_CHARS: Final = 262_144
_BOMS: Final = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", codecs.BOM_UTF8: "utf-8-sig"}


class CsvSheet:
    """``known_in`` says how many columns a row names: by that the separator is found. Raises FileError."""

    def __init__(self, path: Path, known_in: Callable[[Sequence[str]], int]) -> None:
        self._path = path
        self.names = ""
        self._encoding = _encoding(path)
        sample = self._sample()
        self._named = _named_separator(sample)
        self._separator = self._named or _best_separator(sample, known_in)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        with self._text() as file:
            if self._named:  # a spreadsheet does not show this line
                file.readline()
            lines, number = _Lines(file), 0
            try:
                for number, cells in enumerate(_reader(lines, self._separator), start=1):
                    yield number, cells
                    lines.quotes = 0
            except csv.Error as error:
                is_long = str(error).startswith(_TOO_LONG) and lines.is_closed()
                raise FileError("long_cell" if is_long else "not_csv", detail=str(number + 1)) from None

    def _sample(self) -> str:
        with self._text() as file:
            return file.read(_SAMPLE_CHARS)

    @contextmanager
    def _text(self) -> Iterator[IO[str]]:
        try:
            with self._path.open(encoding=self._encoding, newline="") as file:
                yield file
        except OSError as error:
            raise FileError("unreadable", detail=error.strerror or "") from None


class _Lines:
    """The lines of a file, with how many quotation marks there were since somebody set that to nought."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.quotes = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._file:
            self.quotes += line.count('"')
            yield line

    def is_closed(self) -> bool:
        """Whether the row's quotation marks are closed at the end of some line; reads on for it."""
        lines = iter(self)
        while self.quotes % 2:
            if next(lines, None) is None:
                return False
        return True


def _reader(lines: Iterable[str], separator: str) -> "Iterator[list[str]]":
    # Strict: an open quotation mark would else swallow the rest of the file as one cell.
    return csv.reader(lines, delimiter=separator, strict=True)


def _named_separator(sample: str) -> str | None:
    """``sep=;`` as Excel writes and reads it."""
    first = sample.lstrip("\ufeff").split("\n", 1)[0].rstrip("\r").strip('"')
    named = first[4:] if first[:4].lower() == "sep=" else ""
    return named if named in _SEPARATORS and len(named) == 1 else None


def _best_separator(sample: str, known_in: Callable[[Sequence[str]], int]) -> str:
    def columns(separator: str) -> int:
        most = 0
        try:
            for cells in islice(_reader(io.StringIO(sample, newline=""), separator), HEADER_ROWS):
                most = max(most, known_in(cells))
        except csv.Error:
            pass  # the sample ends within a cell, or this is not the separator
        return most

    return max(_SEPARATORS, key=columns)


def _encoding(path: Path) -> str:
    """By its mark; else UTF-8 where the whole file is that, else Windows-1252."""
    try:
        with path.open("rb") as file:
            start = file.read(3)
        marked = next((name for bom, name in _BOMS.items() if start.startswith(bom)), None)
        for encoding in (marked,) if marked else ("utf-8", "cp1252"):
            if _decodes(path, encoding):
                return encoding
    except OSError as error:
        raise FileError("unreadable", detail=error.strerror or "") from None
    raise FileError("no_encoding")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK_BYTES):
                if "\0" in decoder.decode(chunk):
                    raise FileError("nul")
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
    return True
