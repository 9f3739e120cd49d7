"""Files that were sent lie for the server's user alone, and not for long."""

import io
import os
import re
import time
from pathlib import Path

import pytest

from agent.wire.card_code import DEFAULT_PATTERN
from server.adapters.database import Database
from server.adapters.uploads import KEPT_S, StoredFiles
from server.domain.headings import Given
from server.domain.history import Wish
from server.domain.uploads import FileRefused, UploadGone
from tests.server.broker import until
from tests.server.cards import NOW
from tests.server.kiosk import LIST_KEY

TEXT = b"koodi;laji;jakaja;alue;annettu\nA000000001;personal;Seurakunta;Rovaniemi;1.1.2026\n"


def files_in(folder: Path, database: Database, kept_s: float = KEPT_S) -> StoredFiles:
    pattern = re.compile(DEFAULT_PATTERN)
    return StoredFiles(database, folder / "uploads", LIST_KEY, pattern, lambda: NOW, kept_s=kept_s)


def kept(folder: Path) -> list[Path]:
    return list((folder / "uploads").iterdir())


def test_a_file_is_shown_taken_and_gone(database: Database, tmp_path: Path) -> None:
    files = files_in(tmp_path, database)
    token = files.keep(io.BytesIO(TEXT))
    (file,) = kept(tmp_path)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    checked = files.check(token, "k.csv", Given(), Wish())
    assert (checked.token, checked.outcome.new) == (token, 1)
    assert files.take(token, "k.csv", Given(), Wish()).new == 1
    assert kept(tmp_path) == []
    for act in (files.take, files.check):
        with pytest.raises(UploadGone):
            act(token, "k.csv", Given(), Wish())


@pytest.mark.parametrize("content", [b"", b"koodi\nA1\n", TEXT + b"X;;;;\n"])
def test_one_that_cannot_be_taken_is_thrown_away_at_once(
    database: Database, tmp_path: Path, content: bytes
) -> None:
    files = files_in(tmp_path, database)
    token = files.keep(io.BytesIO(content))
    try:
        assert files.check(token, "k.csv", Given(), Wish()).token == ""
    except FileRefused:
        assert content in (b"", b"koodi\nA1\n")
    assert kept(tmp_path) == []


def test_one_that_nobody_takes_is_thrown_away_by_itself(database: Database, tmp_path: Path) -> None:
    files_in(tmp_path, database, kept_s=0.05).keep(io.BytesIO(TEXT))
    until(lambda: kept(tmp_path) == [])


def test_what_a_server_left_is_thrown_away_and_what_another_keeps_is_not(
    database: Database, tmp_path: Path
) -> None:
    files = files_in(tmp_path, database)
    old, new = files.keep(io.BytesIO(TEXT)), files.keep(io.BytesIO(TEXT))
    hour_ago = time.time() - KEPT_S
    os.utime(tmp_path / "uploads" / f"{old}.upload", (hour_ago, hour_ago))
    files_in(tmp_path, database)
    assert [file.stem for file in kept(tmp_path)] == [new]


@pytest.mark.parametrize("token", ["", "../fleet", "x" * 32, "A" * 32])
def test_a_token_is_no_path(database: Database, tmp_path: Path, token: str) -> None:
    files = files_in(tmp_path, database)
    (tmp_path / "fleet.upload").write_bytes(TEXT)
    for act in (files.take, files.check):
        with pytest.raises(UploadGone):
            act(token, "k.csv", Given(), Wish())
    files.forget(token)
    assert (tmp_path / "fleet.upload").exists()
