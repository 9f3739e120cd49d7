"""Files sent to the page: in a folder of their own, for the server's user alone, because they hold codes."""

import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import BinaryIO, Final

from agent.wire.card_key import ListKey
from agent.wire.told_code import without_codes
from server.adapters.card_import import CardImports, imports_in
from server.adapters.card_spool import CardSpool, check_cards
from server.adapters.card_undo import CardUndo
from server.adapters.database import Database
from server.adapters.fleet_state import key_in_force
from server.adapters.place_import import place_imports_in
from server.adapters.sheets import digest_of
from server.domain.faults import FileError
from server.domain.headings import Given
from server.domain.history import Import, PlaceImport, Way, Wish, source_of
from server.domain.names import printable
from server.domain.outcome import Outcome
from server.domain.uploads import Checked, FileRefused, Step, Tell, UploadGone

KEPT_S: Final = 3600
_PIECE_BYTES: Final = 1 << 20
_TOKEN: Final = re.compile(r"[0-9a-f]{32}")


class StoredFiles:
    """Imports by the page. Raises FileRefused for a file that is none, UploadGone for one that went."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        first_key: ListKey,
        pattern: re.Pattern[str],
        now: Callable[[], datetime],
        *,
        zone: tzinfo = UTC,
        kept_s: float = KEPT_S,
    ) -> None:
        """``zone`` says what day it is."""
        self._database = database
        self._folder = folder
        self._first_key = first_key
        self._pattern = pattern
        self._now = now
        self._zone = zone
        self._kept_s = kept_s
        self._sweep()

    def shown(self, file_name: str) -> str:
        return printable(without_codes(file_name, self._pattern))

    def keep(self, sent: BinaryIO) -> str:
        """Write a file down, and give the token that names it for an hour."""
        self._sweep()
        token = secrets.token_hex(16)
        path = self._path(token)
        try:
            with open(path, "xb", opener=_private) as file:
                shutil.copyfileobj(sent, file, _PIECE_BYTES)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        late = threading.Timer(self._kept_s, path.unlink, kwargs={"missing_ok": True})
        late.daemon = True
        late.start()
        return token

    def check(
        self, token: str, file_name: str, given: Given, wish: Wish, tell: Tell = lambda _: None
    ) -> Checked:
        """What the file would do. One that cannot be taken is thrown away at once."""
        path, keep = self._path(token), False
        try:
            with self._checked(token, given, tell) as (spool, checked, _):
                outcome = self._imports().dry_run(spool, checked, wish, tell)
            keep = not outcome.faulty
        finally:
            if not keep:
                path.unlink(missing_ok=True)
        return Checked(token if keep else "", file_name, outcome)

    def take(
        self, token: str, file_name: str, given: Given, wish: Wish, tell: Tell = lambda _: None
    ) -> Outcome:
        """Raises RowsRefused where the register has changed so that it can be taken no more."""
        with self._checked(token, given, tell) as (spool, checked, digest):
            source = source_of(file_name, digest, "web", self._pattern)
            outcome = self._imports().take(spool, checked, source, wish, tell)
        self._path(token).unlink(missing_ok=True)
        return outcome

    def forget(self, token: str) -> None:
        with suppress(UploadGone):
            self._path(token).unlink(missing_ok=True)

    def imports(self) -> list[Import]:
        with self._database.reading() as connection:
            return imports_in(connection)

    def place_imports(self) -> list[PlaceImport]:
        with self._database.reading() as connection:
            return place_imports_in(connection, "venues", "distributors")

    def undo(self, import_id: int, way: Way, tell: Tell = lambda _: None) -> int:
        return CardUndo(self._database, self._now).undo(import_id, way, tell)

    def _imports(self) -> CardImports:
        return CardImports(self._database, self._now, self._zone)

    @contextmanager
    def _checked(self, token: str, given: Given, tell: Tell) -> Iterator[tuple[CardSpool, Outcome, str]]:
        path = self._path(token)
        if not path.exists():
            raise UploadGone
        try:
            with self._database.reading() as connection:
                list_key = key_in_force(connection, self._first_key)
            with CardSpool(list_key, self._now().astimezone(self._zone).date()) as spool:
                checked = check_cards(
                    path, given, self._pattern, spool, lambda rows: tell(Step("reading", rows))
                )
                yield spool, checked, digest_of(path)
        except FileError as error:
            raise FileRefused(error.fault.without_codes(self._pattern)) from None

    def _path(self, token: str) -> Path:
        if not _TOKEN.fullmatch(token):
            raise UploadGone
        return self._folder / f"{token}.upload"

    def _sweep(self) -> None:
        """What a server left that ended within the hour; another one may be in the same folder now."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in self._folder.glob("*.upload"):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime >= self._kept_s:
                    path.unlink()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
