"""Writes scans into a journal as the kiosk does, and says after each commit that it would light green now."""

import os
import sqlite3
import sys
from pathlib import Path

from agent.adapters.journal_rescue import open_journal
from tests.agent.examples import answered, moment, scan

EVERY_TENTH = 10


def main() -> None:
    """Arguments: the journal's file, the number of the run, and the pragma of a journal that forgets."""
    path, run, careless = Path(sys.argv[1]), int(sys.argv[2]), len(sys.argv) > 3
    journal = open_journal(path)
    if careless:
        connection: sqlite3.Connection = journal._sql  # noqa: SLF001  (what no kiosk may do)
        connection.execute("PRAGMA synchronous=OFF")
    start = journal.start(moment(run), "serial-1", "start")
    if start.open:
        journal.settle(start.open.ref)
    for number in range(200):
        ref = journal.append(scan(), number + 1)
        os.write(1, f"{ref.epoch} {ref.seq}\n".encode())
        journal.mark_shown(ref, "green", moment(1))
        if number % EVERY_TENTH:
            answered(journal, ref, 1)


if __name__ == "__main__":
    main()
