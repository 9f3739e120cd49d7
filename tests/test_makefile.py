"""What `make` promises beside the tests themselves."""

import fcntl
import shutil
import subprocess
from pathlib import Path

import pytest

from provisioning.demo.setup import LOCK

MAKEFILE = Path(__file__).parents[1] / "Makefile"


def clean(folder: Path) -> "subprocess.CompletedProcess[str]":
    shutil.copy(MAKEFILE, folder)
    return subprocess.run(["make", "clean"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("data", "lock"), [("demo-data", LOCK), ("kiosk-data", "lock")])
def test_what_runs_is_not_cleaned_away_under_its_feet(tmp_path: Path, data: str, lock: str) -> None:
    (tmp_path / data).mkdir()
    with (tmp_path / data / lock).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = clean(tmp_path)
    assert done.returncode != 0
    assert f"{data} is in use" in done.stderr
    assert (tmp_path / data).exists()
    assert clean(tmp_path).returncode == 0
    assert not (tmp_path / data).exists()
