"""Builds the library that plays a power cut, and the environment of a process that is to suffer one."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

SOURCE: Final = Path(__file__).with_suffix(".c")
CC: Final = shutil.which("cc") or shutil.which("gcc")
KILLED: Final = 137
"""How a process ends at its cut."""

needs_cc = pytest.mark.skipif(CC is None, reason="no C compiler is installed")


def build(folder: Path, source: Path = SOURCE) -> Path:
    """The library that ``source`` makes, in ``folder``."""
    assert CC is not None
    library = folder / f"{source.stem}.so"
    command: list[str | Path] = [
        CC,
        "-O1",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-shared",
        "-fPIC",
        "-o",
        library,
        source,
        "-ldl",
    ]
    subprocess.run([*command, "-lpthread"], check=True)
    return library


def environment(
    library: Path, folder: Path, *, seed: int, at: int = 0, keep_percent: int = 50, blind: bool = False
) -> dict[str, str]:
    """Of a process that at the ``at``-th change in ``folder``, or at SIGUSR2, loses what no fsync covered."""
    return {
        "LD_PRELOAD": str(library),
        "CUT_DIR": str(folder.resolve()),
        "CUT_AT": str(at),
        "CUT_SEED": str(seed),
        "CUT_KEEP": str(keep_percent),
    } | ({"CUT_BLIND": "1"} if blind else {})
