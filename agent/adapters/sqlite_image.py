"""All pages of an SQLite file as they were at the last commit, its log included, read without SQLite."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from agent.adapters.sqlite_log import read_log
from agent.adapters.sqlite_pages import PAGE, Row, rows_on


class Image:
    """Reads ``path`` and the log beside it, either of which may be absent. Raises :class:`OSError`.

    What the disk cannot read is like a page of zeros.
    """

    def __init__(self, path: Path) -> None:
        with ExitStack() as closing:
            self._file, self._size = _opened(path, closing)
            self._log_file, size = _opened(path.with_name(f"{path.name}-wal"), closing)
            self._log = read_log(lambda at, length: _read(self._log_file, at, length), size)
            self._closing = closing.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()

    @property
    def is_damaged(self) -> bool:
        """Whether SQLite would lose what is committed, and not say so."""
        return self._log.damaged or (not self._size and bool(self._log.pages))

    @property
    def has_holes(self) -> bool:
        """Whether the disk can read some of the file's pages and cannot read others."""
        pages = [bool(_read(self._file, at, PAGE)) for at in range(0, self._size, PAGE)]
        return any(pages) and not all(pages)

    def pages(self) -> Iterator[Iterator[Row]]:
        """The rows of each page."""
        last = max(self._log.pages, default=0)
        for number in range(1, max(last, -(-self._size // PAGE)) + 1):
            yield rows_on(self._page(number), self._page)

    def _page(self, number: int) -> bytes:
        at = self._log.pages.get(number)
        if at is not None:
            return _read(self._log_file, at, PAGE)
        return _read(self._file, (number - 1) * PAGE, PAGE) if number else b""


def _opened(path: Path, closing: ExitStack) -> tuple[int, int]:
    """Its descriptor and size; one of nothing where there is no such file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return -1, 0
    closing.callback(os.close, descriptor)
    return descriptor, os.fstat(descriptor).st_size


def _read(descriptor: int, at: int, length: int) -> bytes:
    try:
        return os.pread(descriptor, length, at)
    except OSError:
        return b""
