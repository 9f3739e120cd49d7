"""What happens to a card list's file behind the kiosk's back."""

import sqlite3
from contextlib import closing
from pathlib import Path


def by_hand(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute(statement)
        database.commit()


def spoil_the_rows(path: Path, table: str = "live") -> None:
    """A worn-out card loses one page, the one with the rows."""
    database = sqlite3.connect(path)
    (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    (size,) = database.execute("PRAGMA page_size").fetchone()
    database.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
