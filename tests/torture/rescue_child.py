"""Saves a damaged journal again and again, and loses power a step later each time, until it comes to its end.

Python tells of each file that is opened, renamed or removed before it is: those are the steps. What the disk
loses at the cut is the preloaded library's matter. Each time a start with power follows, and says what
it has saved.
"""

import os
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Final

from agent.adapters.journal_rescue import open_journal
from tests.agent.adapters.damaged import Files, sent
from tests.torture.power_cut import KILLED

_STEPS: Final = frozenset({"open", "os.rename", "os.remove", "sqlite3.connect"})


def main() -> None:
    """Arguments: a folder with the damaged journal, and one to work in."""
    damaged, folder = Files.of(Path(sys.argv[1]) / "journal.db"), Path(sys.argv[2])
    for cut_at in count(1):
        path = damaged.lay(folder / str(cut_at))
        for file in (*path.parent.iterdir(), path.parent, folder):
            _sync(file)
        child = os.fork()
        if not child:
            _cut_at(cut_at, str(path))
            open_journal(path)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        journal = open_journal(path)
        rows = sent(journal)
        journal.close()
        files = sorted(file.name for file in path.parent.iterdir() if ".cut-" not in file.name)
        sys.stdout.write(f"{code} {len(rows)} {' '.join(files)}\n")
        if code != KILLED:
            return


def _cut_at(step: int, path: str) -> None:
    left = step

    def count_down(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in _STEPS and str(arguments[0]).startswith(str(Path(path).parent)):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGUSR2)

    sys.addaudithook(count_down)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


if __name__ == "__main__":
    main()
