"""`make virtual-camera` where it cannot be had: it says so, with a code of its own, and makes nothing."""

import os
import shutil
import subprocess
from pathlib import Path

SCRIPT = Path(__file__).parent / "virtual_camera" / "run"
WHAT_THE_SCRIPT_NEEDS = ("bash", "cut", "dirname", "env", "grep")
NOT_TO_BE_HAD = 77


def run(**environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(SCRIPT)], env=environment, capture_output=True, text=True, check=False, timeout=200
    )


def test_without_root_or_the_programs_for_it_it_says_what_was_not_run(tmp_path: Path) -> None:
    for name in WHAT_THE_SCRIPT_NEEDS:
        program = shutil.which(name)
        assert program is not None
        (tmp_path / name).symlink_to(program)
    done = run(PATH=str(tmp_path), HOME=str(tmp_path))
    assert done.returncode == NOT_TO_BE_HAD
    assert done.stderr.startswith("NOT RUN: the real picamera2")


def test_where_no_mirror_answers_it_says_so_and_leaves_nothing_behind(tmp_path: Path) -> None:
    no_sources = tmp_path / "apt.conf"
    no_sources.write_text('Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "/dev/null";\n')
    cache = tmp_path / "cache"
    done = run(
        PATH=os.environ["PATH"], HOME=str(tmp_path), XDG_CACHE_HOME=str(cache), APT_CONFIG=str(no_sources)
    )
    assert done.returncode == NOT_TO_BE_HAD
    assert "NOT RUN" in done.stderr
    assert not list(cache.glob("**/virtual-camera-*"))


def test_a_person_can_start_both_parts() -> None:
    assert os.access(SCRIPT, os.X_OK)
    assert os.access(SCRIPT.with_name("in-root"), os.X_OK)
