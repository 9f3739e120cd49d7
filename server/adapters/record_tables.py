"""The tables of what kiosks wrote down. A change here needs its migration; a test compares the two."""

from typing import Final

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
    UniqueConstraint,
    false,
    text,
)

from server.adapters.columns import BIG, METADATA, UtcTime

epochs: Final = Table(
    "epochs",
    METADATA,
    Column("id", BIG, primary_key=True),
    Column("kiosk_id", ForeignKey("kiosks.id"), nullable=False),
    Column("epoch", String(32), nullable=False),
    Column("first_received_at", UtcTime, nullable=False),
    # See server.domain.extent: all rows to here, the highest row, how many rows.
    Column("upto", BigInteger, nullable=False, server_default=text("-1")),
    Column("last_seq", BigInteger, nullable=False, server_default=text("-1")),
    Column("row_count", BigInteger, nullable=False, server_default=text("0")),
    # Record 0 is here, with the last record of the start before: NULL where that was unknown.
    Column("opened", Boolean, nullable=False, server_default=false()),
    Column("previous_epoch", String(32)),
    Column("previous_last", BigInteger),
    # Of the start before no more than that was left: it may have written more.
    Column("at_least", Boolean, nullable=False, server_default=false()),
    # A damaged journal was set aside before it.
    Column("set_aside", Boolean, nullable=False, server_default=false()),
    # When the highest row was written, as well as it is known.
    Column("last_at", UtcTime),
    # The boot, and its stopwatch at record 0 and at the highest row.
    Column("boot_id", String(64)),
    Column("opened_ms", BigInteger),
    Column("last_ms", BigInteger),
    # Whether the server never compared its boot's clock with its own, and by what it was dated instead.
    Column("undated", Boolean, nullable=False, server_default=false()),
    Column("dated_by", String(32)),
    UniqueConstraint("kiosk_id", "epoch"),
    Index(
        "ix_epochs_undated",
        "kiosk_id",
        sqlite_where=text("undated"),
        postgresql_where=text("undated"),
    ),
    Index("ix_epochs_kiosk_id_previous_epoch", "kiosk_id", "previous_epoch"),
)

endings: Final = Table(
    "endings",
    METADATA,
    # A person's word that the memory card is gone whose latest start this is, and how far that went then.
    Column("id", BIG, primary_key=True),
    Column("kiosk_id", ForeignKey("kiosks.id"), nullable=False, index=True),
    Column("epoch_id", ForeignKey("epochs.id"), nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("row_count", BigInteger, nullable=False),
    Column("said_at", UtcTime, nullable=False),
    Column("way", String(8), nullable=False),
    # When the word was taken back.
    Column("taken_back_at", UtcTime),
)

clock_pairs: Final = Table(
    "clock_pairs",
    METADATA,
    # The latest of each boot and source: a row that came too early can be dated by it later.
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("boot_id", String(64), primary_key=True),
    Column("source", String(8), primary_key=True),
    Column("boottime_ms", BigInteger, nullable=False),
    Column("utc", UtcTime, nullable=False),
    Column("received_at", UtcTime, nullable=False),
)

UNSETTLED: Final = "state <> 'stored' OR conflict"
"""SQLite takes the index only for a question in the very same words."""

records: Final = Table(
    "records",
    METADATA,
    Column("id", BIG, primary_key=True),
    Column("epoch_id", ForeignKey("epochs.id"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("digest", LargeBinary(16), nullable=False),
    Column("type", String(16), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("state", String(16), nullable=False),
    # Another record has the same name. Beside the state: a copied card may be misplaced or unreadable, too.
    Column("conflict", Boolean, nullable=False),
    Column("why", String(256), nullable=False),
    UniqueConstraint("epoch_id", "seq", "digest"),
    Index(
        "ix_records_unsettled",
        "state",
        "conflict",
        sqlite_where=text(UNSETTLED),
        postgresql_where=text(UNSETTLED),
    ),
)

UNMATCHED: Final = "card_id IS NULL AND code IS NOT NULL"

visits: Final = Table(
    "visits",
    METADATA,
    Column("record_id", ForeignKey("records.id"), primary_key=True, autoincrement=False),
    Column("kiosk_id", ForeignKey("kiosks.id"), nullable=False),
    # As the kiosk said it: it may name a place that does not exist.
    Column("venue_id", String(64), nullable=False),
    Column("seen_at", UtcTime, nullable=False, index=True),
    Column("quality", String(8), nullable=False),
    Column("day", Date, nullable=False),
    Column("hour", SmallInteger, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("shown", String(8)),
    Column("kind", String(16), nullable=False),
    Column("adults", SmallInteger, nullable=False),
    Column("children", SmallInteger),
    Column("assistants", SmallInteger, nullable=False),
    Column("code", String(32)),
    Column("counted", Boolean, nullable=False),
    # What the register says of the card, as it was when the visit was matched; empty while it has none.
    Column("card_id", BIG),
    Column("distributor_id", BIG),
    Column("issued_year", SmallInteger),
    # The kiosk did not know the card: the kind is the register's word.
    Column("unlisted", Boolean, nullable=False, server_default=false()),
    # In the place of the code, once that has gone: see server.domain.keeping.
    Column("pseudonym", LargeBinary(16)),
    Index(
        "ix_visits_coded",
        "day",
        sqlite_where=text("code IS NOT NULL"),
        postgresql_where=text("code IS NOT NULL"),
    ),
    Index(
        "ix_visits_replaced",
        "day",
        sqlite_where=text("pseudonym IS NOT NULL"),
        postgresql_where=text("pseudonym IS NOT NULL"),
    ),
    Index(
        "ix_visits_unmatched",
        "code",
        sqlite_where=text(UNMATCHED),
        postgresql_where=text(UNMATCHED),
    ),
    Index(
        "ix_visits_card_id",
        "card_id",
        sqlite_where=text("card_id IS NOT NULL"),
        postgresql_where=text("card_id IS NOT NULL"),
    ),
)

amendments: Final = Table(
    "amendments",
    METADATA,
    # A record that says something of another one, which may not be here yet.
    Column("record_id", ForeignKey("records.id"), primary_key=True, autoincrement=False),
    Column("kiosk_id", ForeignKey("kiosks.id"), nullable=False),
    Column("of_epoch", String(32), nullable=False),
    Column("of_seq", BigInteger, nullable=False),
    Index("ix_amendments_kiosk_id_of_epoch_of_seq", "kiosk_id", "of_epoch", "of_seq"),
)

digests: Final = Table(
    "digests",
    METADATA,
    Column("record_id", ForeignKey("records.id"), primary_key=True, autoincrement=False),
    Column("kiosk_id", ForeignKey("kiosks.id"), nullable=False),
    Column("epoch_id", ForeignKey("epochs.id"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("ix_digests_kiosk_id_at", "kiosk_id", "at"),
)

rollups: Final = Table(
    "rollups",
    METADATA,
    Column("day", Date, primary_key=True),
    Column("venue_id", ForeignKey("venues.id"), primary_key=True),
    Column("hour", SmallInteger, primary_key=True, autoincrement=False),
    Column("kind", String(16), primary_key=True),
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("visits", BigInteger, nullable=False),
    Column("adults", BigInteger, nullable=False),
    Column("children", BigInteger, nullable=False),
    Column("assistants", BigInteger, nullable=False),
    Column("unanswered", BigInteger, nullable=False),
    Column("unchecked", BigInteger, nullable=False),
    Column("by_hand", BigInteger, nullable=False, server_default=text("0")),
    Column("bounded", BigInteger, nullable=False, server_default=text("0")),
    Column("matched", BigInteger, nullable=False, server_default=text("0")),
)
