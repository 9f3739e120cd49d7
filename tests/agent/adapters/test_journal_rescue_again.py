"""A rescue that comes to no end leaves the damaged journal where it is, and the next start does it over."""

import subprocess
import sys
from pathlib import Path

import pytest

from agent.adapters.journal_rescue import open_journal
from agent.ports.journal import JournalError
from tests.agent.adapters.damaged import PAGE, Files, sent, write_starts

CHILD = [sys.executable, "-m", "tests.agent.adapters.rescue_child"]


@pytest.fixture
def damaged(tmp_path: Path) -> Files:
    write_starts(tmp_path / "whole.db", 3, 100)
    return Files.of(tmp_path / "whole.db").with_page(1, bytes(PAGE))


@pytest.mark.parametrize("room", [8_192, 100_000, 250_000])
def test_a_full_disk_costs_nothing_of_what_can_be_read(tmp_path: Path, damaged: Files, room: int) -> None:
    path = damaged.lay(tmp_path / "kiosk")
    done = subprocess.run([*CHILD, path, str(room)], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.startswith("error ")
    assert "Is the disk full" in done.stdout
    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == {"journal.db": damaged.file}
    journal = open_journal(path)  # somebody made room
    assert len(sent(journal)) == 3 * 101
    journal.close()


def test_a_disk_that_takes_no_new_file_is_a_sentence_and_the_damaged_one_stays(
    tmp_path: Path, damaged: Files
) -> None:
    path = damaged.lay(tmp_path / "kiosk")
    obstacle = path.with_name("journal.db.saving")
    obstacle.mkdir()
    with pytest.raises(
        JournalError, match=r"could not be saved \(.*It stays where it is, and the next start"
    ):
        open_journal(path)
    assert path.read_bytes() == damaged.file
    obstacle.rmdir()
    journal = open_journal(path)
    assert len(sent(journal)) == 3 * 101
    journal.close()


def test_what_an_earlier_rescue_left_half_done_is_thrown_away(tmp_path: Path, damaged: Files) -> None:
    path = damaged.lay(tmp_path / "kiosk")
    for side in ("", "-wal", "-journal"):
        path.with_name(f"journal.db.saving{side}").write_bytes(b"half " * 1000)
    journal = open_journal(path)
    assert len(sent(journal)) == 3 * 101
    journal.close()
    assert sorted(file.name for file in path.parent.iterdir()) == ["journal.db", "journal.db.damaged-1"]


def test_while_much_is_saved_it_says_that_it_is_busy(tmp_path: Path) -> None:
    write_starts(tmp_path / "whole.db", 2, 1200)
    path = Files.of(tmp_path / "whole.db").with_page(1, bytes(PAGE)).lay(tmp_path / "kiosk")
    said: list[None] = []
    open_journal(path, lambda: said.append(None)).close()
    assert len(said) == 3
    open_journal(path, lambda: said.append(None)).close()
    assert len(said) == 3  # a whole one is opened at once
