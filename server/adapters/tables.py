"""The tables of the store. A change here needs its migration; a test compares the two."""

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

fleet_state: Final = Table(
    "fleet_state",
    METADATA,
    # One row. It is the lock under which revisions are allotted.
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("generation", String(32), nullable=False),
    Column("cards_revision", BigInteger, nullable=False),
    Column("cards_count", BigInteger, nullable=False),
    Column("cards_checksum", BigInteger, nullable=False),
    # The key that the cards are listed under; empty until a server told the first one, of the fleet's folder.
    Column("list_key", LargeBinary(32)),
    # Empty where it is the database's own: the list got another one when its key was changed.
    Column("list_generation", String(32)),
)

lease: Final = Table(
    "lease",
    METADATA,
    # One row: see server.domain.lease. Who writes records reads it in the same transaction.
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("holder", String(32), nullable=False),
    Column("term", BigInteger, nullable=False),
    Column("until", UtcTime, nullable=False),
)

areas: Final = Table(
    "areas",
    METADATA,
    Column("id", BIG, primary_key=True),
    Column("name", String(120), nullable=False, unique=True),
    # The same for every spelling of the name: see server.domain.names.
    Column("folded", String(400), nullable=False, server_default=text("''")),
    # The last day of the area's trial, while it is one.
    Column("trial_ends", Date),
    # When that was said last.
    Column("trial_set_at", UtcTime),
    Index("ix_areas_folded", "folded", unique=True),
)

distributors: Final = Table(
    "distributors",
    METADATA,
    Column("id", BIG, primary_key=True),
    Column("name", String(120), nullable=False),
    Column("folded", String(400), nullable=False, server_default=text("''")),
    Column("area_id", ForeignKey("areas.id"), nullable=False),
    UniqueConstraint("area_id", "name"),
    Index("ix_distributors_area_id_folded", "area_id", "folded", unique=True),
)

venues: Final = Table(
    "venues",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("name", String(120), nullable=False, unique=True),
    Column("area_id", ForeignKey("areas.id"), nullable=False),
    Column("category", String(16), nullable=False),
    Column("time_zone", String(64), nullable=False),
)

kiosks: Final = Table(
    "kiosks",
    METADATA,
    Column("id", String(12), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("added_at", UtcTime, nullable=False),
    # Whether its memory card was ever copied or put back: see server.adapters.memory_cards.
    Column("forked", Boolean, nullable=False, server_default=false()),
    # Whether its starts are in pieces, whose times have to tell its memory cards: see server.adapters.forks.
    Column("torn", Boolean, nullable=False, server_default=false()),
)

assignments: Final = Table(
    "assignments",
    METADATA,
    Column("id", BIG, primary_key=True),
    Column("kiosk_id", ForeignKey("kiosks.id"), nullable=False, index=True),
    Column("venue_id", ForeignKey("venues.id"), nullable=False),
    Column("valid_from", UtcTime, nullable=False),
    Column("valid_to", UtcTime),
)

presence: Final = Table(
    "presence",
    METADATA,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("state", String(8)),
    Column("connection", BigInteger, nullable=False),
    Column("since", UtcTime),
    Column("last_seen", UtcTime),
    Column("clock_source", String(8), nullable=False),
    Column("clock_off_s", BigInteger, nullable=False, server_default=text("0")),
    Column("cards_revision", BigInteger),
    Column("waiting", BigInteger),
    Column("camera", String(64), nullable=False),
    Column("software", String(64), nullable=False),
    Column("tested_at", UtcTime),
    # As its last info said: put to rest by its staff, and this start's public key.
    Column("paused", Boolean, nullable=False, server_default=false()),
    Column("seal_to", LargeBinary(32)),
    # When the server last confirmed its card list, by its own account; empty where it cannot tell.
    Column("list_confirmed_at", UtcTime),
)

alerts: Final = Table(
    "alerts",
    METADATA,
    # What is up; what is over is deleted.
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("since", UtcTime),
    Column("detail", String(256), nullable=False),
    Column("told_at", UtcTime, nullable=False),
)

cards: Final = Table(
    "cards",
    METADATA,
    Column("id", BIG, primary_key=True),
    # Empty once a card is erased: its key stays, so that every kiosk gets to know. Where the list key was
    # changed since then, key and revision mean nothing (see server.adapters.rotation).
    Column("code", String(32), unique=True),
    Column("key", BigInteger, nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("distributor_id", ForeignKey("distributors.id"), nullable=False),
    Column("issued_on", Date, nullable=False, index=True),
    Column("valid_until", Date, nullable=False),
    Column("status", String(16), nullable=False),
    Column("max_children", SmallInteger),
    Column("revision", BigInteger, nullable=False, unique=True),
    Column("row_hash", BigInteger, nullable=False),
    # The id of the person's first card, on this one and on each that took its place; else empty.
    Column("holder", BigInteger),
    Column("replaced_by", BigInteger),
    Index("ix_cards_distributor_id_key", "distributor_id", "key"),
    Index(
        "ix_cards_holder",
        "holder",
        sqlite_where=text("holder IS NOT NULL"),
        postgresql_where=text("holder IS NOT NULL"),
    ),
)

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

commands: Final = Table(
    "commands",
    METADATA,
    # What people have kiosks do. Open ones are sent again until a reply or their end.
    Column("id", String(32), primary_key=True),
    Column("kiosk_id", ForeignKey("kiosks.id"), nullable=False),
    Column("name", String(16), nullable=False),
    Column("args", LargeBinary, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("not_after", UtcTime, nullable=False),
    Column("state", String(8), nullable=False),
    Column("detail", String(64), nullable=False),
    Index("ix_commands_kiosk_id_made_at", "kiosk_id", "made_at"),
    Index(
        "ix_commands_open",
        "not_after",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
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
