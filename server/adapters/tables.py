"""The tables of the fleet and its register. A change here needs its migration; a test compares the two."""

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
