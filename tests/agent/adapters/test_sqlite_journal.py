"""The journal's file under power cuts, full disks and other mishaps that memory does not know."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from agent.adapters.sqlite_journal import SqliteJournal
from agent.ports.journal import JournalDamagedError, JournalError
from agent.wire.messages import Receipt, Refused
from tests.agent.examples import GENERATION, moment, scan

CHILD = [sys.executable, "-m", "tests.agent.adapters.journal_child"]


def receipted(journal: SqliteJournal, epoch: str, upto: int, *refused: Refused) -> None:
    journal.receipt(Receipt(generation=GENERATION, epoch=epoch, upto=upto, refused=refused))


def written(path: Path) -> list[int]:
    """Numbers of all records in the file, as the next start finds them, its own opening left out."""
    journal = SqliteJournal(path)
    try:
        began = journal.start(moment(20), "serial-1", "start")
        if began.open:
            journal.settle(began.open.ref)
        numbers = []
        while batch := journal.batch(100, 96 * 1024):
            numbers += [json.loads(row)["seq"] for row in batch.rows]
            receipted(journal, batch.epoch, batch.last)
        return numbers[:-1]
    finally:
        journal.close()


def test_every_commit_waits_for_the_disk(tmp_path: Path) -> None:
    # WAL with NORMAL may lose the last commits at a power cut; FULL is 2.
    journal = SqliteJournal(tmp_path / "journal.db")
    try:
        pragmas = {
            name: journal._sql.execute(f"PRAGMA {name}").fetchone()[0]  # noqa: SLF001  (of this connection alone)
            for name in ("synchronous", "journal_mode")
        }
    finally:
        journal.close()
    assert pragmas == {"synchronous": 2, "journal_mode": "wal"}


def test_a_dead_letter_s_row_outlives_its_time_as_evidence(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.db")
    try:
        epoch = journal.start(moment(10), "serial-1", "start").epoch
        for _ in range(3):
            journal.settle(journal.append(scan(), 7))
        receipted(journal, epoch, 3, Refused(seq=2, why="no"))
        journal.digest(date(2026, 11, 24), moment(20))
        assert journal.forget(0, 100) == 4
        rows = journal._sql.execute("SELECT seq FROM records WHERE seq < 4").fetchall()  # noqa: SLF001  (likewise)
    finally:
        journal.close()
    assert rows == [(2,)]


@pytest.mark.parametrize("after", [1, 7, 40])
def test_what_was_said_to_be_written_survives_a_kill(tmp_path: Path, after: int) -> None:
    path = tmp_path / "journal.db"
    with subprocess.Popen([*CHILD, path, "0"], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        said = [int(child.stdout.readline().split()[1]) for _ in range(after)]
        os.kill(child.pid, signal.SIGKILL)
        said += [int(line.split()[1]) for line in child.stdout if line.endswith("\n")]
    kept = written(path)
    assert set(said) <= set(kept)
    assert kept == list(range(len(kept)))


def test_a_full_disk_is_an_error_and_keeps_all_that_was_written(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    done = subprocess.run([*CHILD, path, "400000"], capture_output=True, text=True, check=True, timeout=60)
    *said, last = done.stdout.splitlines()
    assert last.startswith("error ")
    assert "Is the disk full" in last
    assert len(said) > 5
    kept = written(path)
    assert kept == list(range(len(said) + 1))


def test_a_disk_that_fills_up_takes_records_again_when_there_is_room(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.db")
    try:
        journal.start(moment(10), "serial-1", "start")
        pages = journal._sql.execute("PRAGMA page_count").fetchone()[0]  # noqa: SLF001  (a small disk)
        journal._sql.execute(f"PRAGMA max_page_count = {pages + 1}")  # noqa: SLF001  (likewise)
        count = 0
        with pytest.raises(JournalError, match="full"):  # noqa: PT012  (which one fails is the disk's matter)
            for _ in range(1000):
                journal.append(scan(), 7)
                count += 1
        with pytest.raises(JournalError):
            journal.append(scan(), 7)
        journal._sql.execute("PRAGMA max_page_count = 100000")  # noqa: SLF001  (somebody made room)
        assert journal.append(scan(), 7).seq == count + 1
    finally:
        journal.close()


@pytest.mark.parametrize(
    "content",
    [b"this is no database, but a text of some length " * 100, b"SQLite format 3\0" + b"\xff" * 5000],
)
def test_a_file_that_is_no_journal_is_a_sentence_and_stays_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(content)
    with pytest.raises(JournalDamagedError, match=r"journal\.db is damaged\. A new start"):
        SqliteJournal(path)
    assert path.read_bytes() == content


def test_a_folder_in_the_journal_s_place_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "journal.db").mkdir()
    with pytest.raises(JournalError, match="cannot be used"):
        SqliteJournal(tmp_path / "journal.db")


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(JournalError, match="cannot be used"):
        SqliteJournal(tmp_path / "data" / "journal.db")


def test_a_folder_that_nobody_may_write_to_is_a_sentence() -> None:
    with pytest.raises(JournalError, match="read-only"):
        SqliteJournal(Path("/proc/self/journal.db"))  # root may write anywhere but there


def test_a_journal_that_somebody_else_holds_is_a_sentence_and_nothing_of_the_call_is_in_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "journal.db"
    journal = SqliteJournal(path)
    other = sqlite3.connect(path, isolation_level=None)
    try:
        journal.start(moment(10), "serial-1", "start")
        journal._sql.execute("PRAGMA busy_timeout = 50")  # noqa: SLF001  (five seconds are long in a test)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalError, match="locked"):
            journal.append(scan(), 7)
        other.execute("ROLLBACK")
        assert journal.append(scan(), 7).seq == 1
    finally:
        other.close()
        journal.close()
    assert written(path) == [0, 1]


def test_refused_rows_are_kept_as_dead_letters_with_their_reason(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = SqliteJournal(path)
    began = journal.start(moment(10), "serial-1", "start")
    journal.settle(journal.append(scan(), 7))
    refused = Refused(seq=1, why="not of the contract")
    for _ in range(2):
        receipted(journal, began.epoch, 1, refused)
    journal.close()
    other = sqlite3.connect(path)
    try:
        assert other.execute("SELECT seq, why FROM refused").fetchall() == [(1, "not of the contract")]
        assert other.execute("SELECT count(*) FROM records").fetchone() == (2,)
    finally:
        other.close()


def test_the_card_s_key_is_gone_from_the_file_once_its_scan_is_settled(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = SqliteJournal(path)
    journal.start(moment(10), "serial-1", "start")
    journal.settle(journal.append(scan(), 7))
    journal.close()
    other = sqlite3.connect(path)
    try:
        assert other.execute("SELECT count(*) FROM open_scan").fetchone() == (0,)
    finally:
        other.close()


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    SqliteJournal(path).close()
    assert path.stat().st_mode & 0o077 == 0
