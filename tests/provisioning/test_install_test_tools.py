"""The tests' tools: what is missing is named with its reason, and is an error in CI only."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import provisioning

SCRIPT = Path(provisioning.__file__).parent / "install-test-tools"
WHAT_THE_SCRIPT_NEEDS = ("bash", "env")


@pytest.fixture
def bare_path(tmp_path: Path) -> str:
    """A machine without apt, sudo, browser and node."""
    for name in WHAT_THE_SCRIPT_NEEDS:
        program = shutil.which(name)
        assert program is not None
        (tmp_path / name).symlink_to(program)
    return str(tmp_path)


def run(path: str, *, ci: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(SCRIPT)], env={"PATH": path, "CI": ci}, capture_output=True, text=True, check=False, timeout=60
    )


def test_it_is_a_program() -> None:
    assert os.access(SCRIPT, os.X_OK)


def test_on_a_persons_machine_what_is_missing_is_named_with_its_reason_and_nothing_fails(
    bare_path: str,
) -> None:
    done = run(bare_path, ci="")
    assert done.returncode == 0
    assert "chromium: the pages in a real browser" in done.stdout
    assert "skipped by name" in done.stdout


def test_in_ci_what_is_missing_is_an_error(bare_path: str) -> None:
    done = run(bare_path, ci="true")
    assert done.returncode == 1
    assert "nodejs" in done.stdout
    assert "error" in done.stderr
