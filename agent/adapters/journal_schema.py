"""The tables of ``journal.db``, version by version."""

from sqlite_utils import Database, Migrations

migrations = Migrations("journal")


@migrations()
def records_and_epochs(db: Database) -> None:
    """``upto`` is the last row with a receipt; ``open_scan`` holds at most one row, the last record."""
    statements = """
        CREATE TABLE epochs (
            ordinal INTEGER PRIMARY KEY,
            epoch TEXT NOT NULL UNIQUE,
            next_seq INTEGER NOT NULL,
            upto INTEGER NOT NULL DEFAULT -1
        ) STRICT;
        CREATE TABLE records (
            ordinal INTEGER NOT NULL REFERENCES epochs,
            seq INTEGER NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (ordinal, seq)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE refused (
            ordinal INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            why TEXT NOT NULL,
            PRIMARY KEY (ordinal, seq)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE open_scan (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            ordinal INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            key INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE trial (one INTEGER PRIMARY KEY CHECK (one = 1), count INTEGER NOT NULL) STRICT;
        INSERT INTO trial VALUES (1, 0)
    """
    for statement in statements.split(";"):  # not executescript: it would commit half a migration
        db.execute(statement)


@migrations()
def keeping(db: Database) -> None:
    """``kept_from`` is the oldest row still here; a receipt's time says how long its rows are kept.

    ``at`` is in seconds since 1970, and NULL while the time was not known.
    """
    statements = """
        ALTER TABLE epochs ADD COLUMN kept_from INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE receipts (
            ordinal INTEGER NOT NULL,
            upto INTEGER NOT NULL,
            at INTEGER,
            PRIMARY KEY (ordinal, upto)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE server (one INTEGER PRIMARY KEY CHECK (one = 1), generation TEXT NOT NULL) STRICT;
        CREATE TABLE digest (one INTEGER PRIMARY KEY CHECK (one = 1), day TEXT NOT NULL) STRICT;
        CREATE TABLE saved (one INTEGER PRIMARY KEY CHECK (one = 1)) STRICT;
        CREATE TABLE known_time (one INTEGER PRIMARY KEY CHECK (one = 1), seconds INTEGER NOT NULL) STRICT
    """
    for statement in statements.split(";"):
        db.execute(statement)


@migrations()
def unshown_hand(db: Database) -> None:
    """The last record, where the staff let somebody in and the light is not marked yet."""
    db.execute(
        "CREATE TABLE unshown_hand"
        " (one INTEGER PRIMARY KEY CHECK (one = 1), ordinal INTEGER NOT NULL, seq INTEGER NOT NULL) STRICT"
    )


@migrations()
def lived_days(db: Database) -> None:
    """A row is kept for so many days that have begun: a calendar that jumps must not age it.

    A receipt's ``days`` is how many had begun when it came.
    """
    statements = """
        CREATE TABLE days (day TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
        INSERT INTO days SELECT day FROM digest;
        ALTER TABLE receipts ADD COLUMN days INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE receipts DROP COLUMN at
    """
    for statement in statements.split(";"):
        db.execute(statement)


@migrations()
def unshown_card(db: Database) -> None:
    """The card whom the staff let in, so that it is known again should no light have been seen."""
    db.execute("ALTER TABLE unshown_hand ADD COLUMN key INTEGER")


@migrations()
def last_green(db: Database) -> None:
    """The last card that was shown green, until the next: within the same visit it is known after a start."""
    db.execute("""
        CREATE TABLE last_green (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            epoch TEXT NOT NULL,
            seq INTEGER NOT NULL,
            key INTEGER NOT NULL,
            boot_id TEXT NOT NULL,
            boottime_ms INTEGER NOT NULL
        ) STRICT
    """)


@migrations()
def heard(db: Database) -> None:
    """What the server said of each boot's clock last; ``utc_ms`` is in milliseconds since 1970."""
    statements = """
        ALTER TABLE epochs ADD COLUMN boot_id TEXT;
        CREATE TABLE heard (
            boot_id TEXT PRIMARY KEY,
            boottime_ms INTEGER NOT NULL,
            utc_ms INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
    """
    for statement in statements.split(";"):
        db.execute(statement)


@migrations()
def last_refused(db: Database) -> None:
    """The last card that was sent to the staff, until they let it in: they may do so after a start."""
    db.execute("""
        CREATE TABLE last_refused (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            epoch TEXT NOT NULL,
            seq INTEGER NOT NULL,
            key INTEGER NOT NULL,
            boot_id TEXT NOT NULL,
            boottime_ms INTEGER NOT NULL
        ) STRICT
    """)
