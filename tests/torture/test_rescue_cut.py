"""Power that goes at any step of a journal's rescue costs nothing that could be read."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.agent.adapters.damaged import PAGE, Files, in_use, write_starts
from tests.torture.power_cut import KILLED, build, environment, needs_cc

pytestmark = needs_cc
ASIDE = "journal.db journal.db.damaged-1"


def closed(path: Path) -> tuple[Files, str]:
    write_starts(path, 2, 20)
    return Files.of(path).with_page(1, bytes(PAGE)), ASIDE


def with_log(path: Path) -> tuple[Files, str]:
    """Some rows are in the log alone, and the log is damaged: what stayed of it would spoil the new file."""
    return in_use(path, 1).with_log_at(10 * PAGE, bytes(PAGE)), f"{ASIDE} journal.db.damaged-1-wal"


@pytest.mark.parametrize(("keep_percent", "seed"), [(0, 0), (60, 1), (60, 4)])
@pytest.mark.parametrize("made", [closed, with_log])
def test_a_rescue_that_loses_power_is_done_over_or_brought_to_its_end(
    tmp_path: Path, keep_percent: int, seed: int, made: Callable[[Path], tuple[Files, str]]
) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    files, expected = made(tmp_path / "journal.db")
    rows = len(files.sent(tmp_path / "damaged").rows)
    files.lay(tmp_path / "damaged")
    env = environment(build(tmp_path), folder, seed=seed, keep_percent=keep_percent)
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture.rescue_child", tmp_path / "damaged", folder],
        env={"PATH": "/usr/bin:/bin", **env},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    *cut, last = (line.split(" ", 2) for line in done.stdout.splitlines())
    assert {int(code) for code, _, _ in cut} == {KILLED}
    assert int(last[0]) == 0
    assert len(cut) > 15
    assert {int(saved) for _, saved, _ in (*cut, last)} == {rows}
    assert {left for _, _, left in (*cut, last)} == {expected}
