"""The tables of imports and of the cards' history. A change needs its migration; a test compares the two."""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    false,
    text,
)

from server.adapters.columns import BIG, METADATA, UtcTime


def _of_a_file() -> tuple[Column[Any], ...]:
    """What is kept of any import; a column belongs to one table."""
    return (
        Column("id", BIG, primary_key=True),
        Column("at", UtcTime, nullable=False),
        Column("file_name", String(255), nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("way", String(8), nullable=False),
        Column("new", BigInteger, nullable=False),
        Column("changed", BigInteger, nullable=False),
        Column("unchanged", BigInteger, nullable=False),
        Column("gone", BigInteger, nullable=False),
    )


imports: Final = Table(
    "imports",
    METADATA,
    *_of_a_file(),
    # The cards that it wrote got the revisions after the first one, up to the last.
    Column("after_revision", BigInteger, nullable=False),
    Column("upto_revision", BigInteger, nullable=False),
    Column("withdrawn", BigInteger, nullable=False),
    Column("erased", BigInteger, nullable=False),
    Column("undone_at", UtcTime),
    Column("new_areas", BigInteger, nullable=False, server_default=text("0")),
    Column("new_distributors", BigInteger, nullable=False, server_default=text("0")),
    # Not in the file and over anyway, or newer than it; and rows that would shorten what is of a later
    # issue or was lengthened here, or open what was shut here, done or not.
    Column("expired", BigInteger, nullable=False, server_default=text("0")),
    Column("newer", BigInteger, nullable=False, server_default=text("0")),
    Column("shortens", BigInteger, nullable=False, server_default=text("0")),
    Column("shortened", BigInteger, nullable=False, server_default=text("0")),
    Column("reopens", BigInteger, nullable=False, server_default=text("0")),
    Column("reopened", BigInteger, nullable=False, server_default=text("0")),
    # Visits that had come in without their card, which this import brought: see server.domain.matching.
    Column("matched_visits", BigInteger, nullable=False, server_default=text("0")),
    Column("matched_cards", BigInteger, nullable=False, server_default=text("0")),
    Column("matched_refused", BigInteger, nullable=False, server_default=text("0")),
)

place_imports: Final = Table(
    "place_imports",
    METADATA,
    *_of_a_file(),
    # Venues or distributors.
    Column("what", String(16), nullable=False),
    Column("undone_at", UtcTime),
)

place_changes: Final = Table(
    "place_changes",
    METADATA,
    # What an import of places brought, or has as it was here, or what a venue was before: then it has an
    # area.
    Column("id", BIG, primary_key=True),
    Column("import_id", ForeignKey("place_imports.id"), nullable=False, index=True),
    Column("venue_id", String(64), index=True),
    Column("distributor_id", BIG),
    Column("area_id", ForeignKey("areas.id")),
    Column("category", String(16)),
    Column("time_zone", String(64)),
    Column("repeated", Boolean, nullable=False, server_default=false()),
)

card_changes: Final = Table(
    "card_changes",
    METADATA,
    # What a card was before: after it, it was what the next change found, or is what it is. A card that an
    # import brought has no row of it: the import whose revisions hold its first one is known.
    Column("id", BIG, primary_key=True),
    Column("card_id", ForeignKey("cards.id"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("what", String(16), nullable=False),
    Column("way", String(8), nullable=False),
    Column("import_id", ForeignKey("imports.id")),
    Column("revision", BigInteger, nullable=False),
    # Empty where it was not there.
    Column("before_revision", BigInteger),
    Column("kind", String(16)),
    Column("distributor_id", ForeignKey("distributors.id")),
    Column("issued_on", Date),
    Column("valid_until", Date),
    Column("max_children", SmallInteger),
    Column("status", String(16)),
    Index("ix_card_changes_import_id_card_id", "import_id", "card_id"),
)

card_repeats: Final = Table(
    "card_repeats",
    METADATA,
    # Cards of which an import's rows said what the register had already: see server.adapters.repeats.
    Column("import_id", ForeignKey("imports.id"), primary_key=True),
    # The names of the columns that they said so, and which numbers of cards ``cards`` is about.
    Column("says", String(80), primary_key=True),
    Column("piece", BigInteger, primary_key=True, autoincrement=False),
    Column("cards", LargeBinary, nullable=False),
)
