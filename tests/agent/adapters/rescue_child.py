"""A start of the agent on a disk where no file may grow beyond a size: says what became of the journal."""

import resource
import sys
from pathlib import Path

from agent.adapters.journal_rescue import open_journal
from agent.ports.journal import JournalError


def main() -> None:
    path, max_file_bytes = Path(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_FSIZE, (max_file_bytes, max_file_bytes))
    try:
        open_journal(path)
    except JournalError as error:
        sys.stdout.write(f"error {error}\n")
    else:
        sys.stdout.write("opened\n")


if __name__ == "__main__":
    main()
