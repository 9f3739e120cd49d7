"""The contract of DataFolder, over a folder of this machine and its twin."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.adapters.local_folder import MARK, LocalFolder
from agent.adapters.simulated.data_folder import SimulatedFolder
from agent.core.memory import Mark, parse_mounts, why_volatile
from agent.ports.data_folder import DataFolder

FIRST = Mark(start=1, boot_id="boot-1")
SECOND = Mark(start=2, boot_id="boot-2", missed_in="boot-2")
Reopen = Callable[[], DataFolder]


@pytest.fixture(params=["local", "twin"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Reopen:
    twin = SimulatedFolder()
    return lambda: LocalFolder(tmp_path) if request.param == "local" else twin


def test_a_new_folder_has_no_mark(reopen: Reopen) -> None:
    assert reopen().mark() is None


def test_the_mark_that_was_left_last_is_there_at_the_next_start(reopen: Reopen) -> None:
    reopen().leave(FIRST)
    reopen().leave(SECOND)
    assert reopen().mark() == SECOND


def test_the_place_is_one_of_the_mounts(reopen: Reopen) -> None:
    place = reopen().place()
    assert place.mount_id in [mount.id for mount in parse_mounts(place.mountinfo)]


def test_a_mark_that_cannot_be_left_leaves_the_one_before(tmp_path: Path) -> None:
    twin, local = SimulatedFolder(), LocalFolder(tmp_path)
    twin.leave(FIRST)
    local.leave(FIRST)
    twin.broken = True
    (tmp_path / f"{MARK}.new").mkdir()
    for folder in (twin, local):
        with pytest.raises(OSError, match=r"full|directory"):
            folder.leave(SECOND)
        assert folder.mark() == FIRST


@pytest.mark.parametrize("content", [b"", b"\xff", b'{"start": "one"}', b"[]"])
def test_a_mark_that_cannot_be_read_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / MARK).write_bytes(content)
    assert LocalFolder(tmp_path).mark() is None


def test_a_folder_that_is_not_there_lies_nowhere(tmp_path: Path) -> None:
    assert why_volatile(LocalFolder(tmp_path / "absent").place()) == "an unknown filesystem"


def test_memory_is_told_from_a_disk_on_this_machine(tmp_path: Path) -> None:
    memory = Path("/dev/shm")  # noqa: S108  (nothing is written there)
    assert why_volatile(LocalFolder(memory).place()) == "tmpfs"
    (tmp_path / "link").symlink_to(memory)
    assert why_volatile(LocalFolder(tmp_path / "link").place()) == "tmpfs"


def said_in_mounts(folder: Path, mounts: str) -> str:
    """What is said of ``folder``/data under ``mounts`` of its own, made in a namespace that goes with it."""
    script = f"set -e; cd {folder}; mkdir -p lower upper work memory data; {mounts}; exec {sys.executable} -c"
    code = (
        "from pathlib import Path; from agent.adapters.local_folder import LocalFolder;"
        "from agent.core.memory import why_volatile;"
        f"print(why_volatile(LocalFolder(Path({str(folder / 'data')!r})).place()) or 'remembers')"
    )
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", f'{script} "$0"', code]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except FileNotFoundError:
        pytest.skip("unshare is not installed")
    if done.returncode and ("unshare" in done.stderr or "mount" in done.stderr):
        pytest.skip(f"nobody may mount here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_real_overlay_in_memory_is_told_from_one_on_a_disk(tmp_path: Path) -> None:
    at_home = why_volatile(LocalFolder(tmp_path).place()) or "remembers"
    in_memory = (
        "mount -t tmpfs tmpfs memory; mkdir memory/upper memory/work;"
        " mount -t overlay o -o lowerdir=lower,upperdir=$PWD/memory/upper,workdir=$PWD/memory/work data"
    )
    assert said_in_mounts(tmp_path, in_memory) == "an overlay in tmpfs"
    on_disk = "mount -t overlay o -o lowerdir=lower,upperdir=$PWD/upper,workdir=$PWD/work data"
    assert said_in_mounts(tmp_path, on_disk) == (
        at_home if at_home == "remembers" else f"an overlay in {at_home}"
    )
    assert said_in_mounts(tmp_path, "mount -t tmpfs tmpfs data") == "tmpfs"
    assert said_in_mounts(tmp_path, "mount --bind upper data") == at_home
