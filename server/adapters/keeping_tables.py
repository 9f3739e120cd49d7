"""The tables of keeping and erasing. A change here needs its migration; a test compares the two."""

from typing import Final

from sqlalchemy import BigInteger, Column, Date, LargeBinary, SmallInteger, Table

from server.adapters.columns import BIG, METADATA, UtcTime

years: Final = Table(
    "years",
    METADATA,
    # A year is here once it needed a key. Empty after it was locked: destroyed, not only forgotten.
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    Column("key", LargeBinary(32)),
    Column("locked_at", UtcTime),
)

locked_issues: Final = Table(
    "locked_issues",
    METADATA,
    # How many cards of a locked year were issued: lists that come later move nothing of it.
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    Column("distributor_id", BIG, primary_key=True, autoincrement=False),
    Column("issued", BigInteger, nullable=False),
)

visits_forgotten: Final = Table(
    "visits_forgotten",
    METADATA,
    # Cards of whose visits some have no code any more: nobody can take the card from these. A table of its
    # own, for the rows of cards are locked by imports, and those wait for whoever has the visits.
    Column("card_id", BIG, primary_key=True, autoincrement=False),
)

erasure: Final = Table(
    "erasure",
    METADATA,
    # One row, made with the first erasure: the key of the marks below.
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("key", LargeBinary(32), nullable=False),
)

erased_codes: Final = Table(
    "erased_codes",
    METADATA,
    # A keyed hash of each erased code, for a card that comes again in a file or at a door. Not the list's
    # key: that one is changed when a kiosk is lost, and an erased code cannot be hashed anew.
    Column("mark", LargeBinary(16), primary_key=True),
    # Empty where the register never had the card.
    Column("card_id", BIG),
)

earlier_issues: Final = Table(
    "earlier_issues",
    METADATA,
    # What a card's issue was before a later list gave it another first day or another distributor. Of an
    # erased card the days tell the year and the order alone.
    Column("card_id", BIG, primary_key=True, autoincrement=False),
    Column("issued_on", Date, primary_key=True, index=True),
    Column("distributor_id", BIG, nullable=False),
    Column("import_id", BigInteger),
)
