"""What a disk cannot read is damage if it stays so at a start, and trouble to wait for till then."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.agent.adapters.damaged import PAGE, write_starts
from tests.torture.power_cut import build, needs_cc

pytestmark = needs_cc
ROWS: Final = 2 * 21
SOURCE: Final = Path(__file__).with_name("unreadable.c")


def started(tmp_path: Path, until: int, times: int) -> tuple[str, bool]:
    """What a start says whose disk cannot read the file up to ``until``; whether that is set aside."""
    path = tmp_path / "work" / "journal.db"
    path.parent.mkdir()
    write_starts(path, 2, 20)
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture.unreadable_child", path],
        env={
            "PATH": "/usr/bin:/bin",
            "LD_PRELOAD": str(build(tmp_path, SOURCE)),
            "BAD_INODE": str(path.stat().st_ino),
            "BAD_FROM": "0",
            "BAD_UNTIL": str(until),
            "BAD_TIMES": str(times),
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout.strip(), (path.parent / "journal.db.damaged-1").exists()


def test_a_page_that_cannot_be_read_any_more_costs_no_more_than_itself(tmp_path: Path) -> None:
    """It is the first one: without it SQLite opens nothing, and the kiosk stayed dark for ever."""
    assert started(tmp_path, PAGE, 0) == (str(ROWS), True)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_one_that_can_be_read_again_costs_nothing(tmp_path: Path, times: int) -> None:
    said, set_aside = started(tmp_path, PAGE, times)
    assert said in ("waits", str(ROWS))
    assert not set_aside


def test_a_disk_that_reads_nothing_at_all_is_waited_for(tmp_path: Path) -> None:
    assert started(tmp_path, 2**40, 0) == ("waits", False)
