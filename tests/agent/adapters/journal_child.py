"""A process that writes scans until it is killed or its disk is full, and says each that is written."""

import resource
import sys
from pathlib import Path

from agent.adapters.sqlite_journal import SqliteJournal
from agent.ports.journal import JournalError
from tests.agent.examples import moment, scan


def main() -> None:
    path, max_file_bytes = Path(sys.argv[1]), int(sys.argv[2])
    journal = SqliteJournal(path)
    journal.start(moment(10), "serial-1", "start")
    if max_file_bytes:
        # A full disk as far as one process can have one: no file may grow beyond this.
        resource.setrlimit(resource.RLIMIT_FSIZE, (max_file_bytes, max_file_bytes))
    while True:
        try:
            ref = journal.append(scan(), 7)
        except JournalError as error:
            say(f"error {error}")
            return
        say(f"written {ref.seq}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
