"""The tables of ``cards.db``, version by version."""

from typing import Final

from sqlite_utils import Database, Migrations

ROW_COLUMNS: Final = "key INTEGER PRIMARY KEY, flags INTEGER, first INTEGER, length INTEGER, children INTEGER"
migrations = Migrations("cards")


@migrations()
def cards_and_heads(db: Database) -> None:
    """``heads`` says how far each table has come; checksums are text, since they are unsigned."""
    for table in ("live", "fill"):
        db.execute(f"CREATE TABLE {table} ({ROW_COLUMNS}) STRICT, WITHOUT ROWID")
    db.execute("""
        CREATE TABLE heads (
            name TEXT PRIMARY KEY CHECK (name IN ('live', 'fill')),
            generation TEXT NOT NULL,
            revision INTEGER NOT NULL,
            count INTEGER NOT NULL,
            checksum TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
    """)


@migrations()
def confirmed(db: Database) -> None:
    """Seconds since 1970."""
    db.execute("ALTER TABLE heads ADD COLUMN confirmed INTEGER")


@migrations()
def list_keys(db: Database) -> None:
    """Each beside the list that it is the key of, so that a swap changes both: the key, then its name."""
    db.execute("ALTER TABLE heads ADD COLUMN list_key BLOB")
