"""A start of the agent over a file that the disk cannot read in places: says what came of it."""

import sys
from pathlib import Path

from agent.adapters.journal_rescue import open_journal
from agent.ports.journal import JournalError
from tests.agent.adapters.damaged import sent


def main() -> None:
    try:
        journal = open_journal(Path(sys.argv[1]))
        sys.stdout.write(f"{len(sent(journal))}\n")
        journal.close()
    except JournalError:
        sys.stdout.write("waits\n")


if __name__ == "__main__":
    main()
