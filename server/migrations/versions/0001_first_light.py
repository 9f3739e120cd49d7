"""First light: places, kiosks, cards, records, visits and their totals."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "areas",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_areas"),
        sa.UniqueConstraint("name", name="uq_areas_name"),
    )
    op.create_table(
        "fleet_state",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.String(length=32), nullable=False),
        sa.Column("cards_revision", sa.BigInteger(), nullable=False),
        sa.Column("cards_count", sa.BigInteger(), nullable=False),
        sa.Column("cards_checksum", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_fleet_state"),
    )
    op.create_table(
        "kiosks",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_kiosks"),
    )
    op.create_table(
        "clock_pairs",
        sa.Column("kiosk_id", sa.String(length=12), nullable=False),
        sa.Column("boot_id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("boottime_ms", sa.BigInteger(), nullable=False),
        sa.Column("utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_clock_pairs_kiosk_id"),
        sa.PrimaryKeyConstraint("kiosk_id", "boot_id", "source", name="pk_clock_pairs"),
    )
    op.create_table(
        "distributors",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("area_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name="fk_distributors_area_id"),
        sa.PrimaryKeyConstraint("id", name="pk_distributors"),
        sa.UniqueConstraint("area_id", "name", name="uq_distributors_area_id_name"),
    )
    op.create_table(
        "epochs",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kiosk_id", sa.String(length=12), nullable=False),
        sa.Column("epoch", sa.String(length=32), nullable=False),
        sa.Column("first_received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_epochs_kiosk_id"),
        sa.PrimaryKeyConstraint("id", name="pk_epochs"),
        sa.UniqueConstraint("kiosk_id", "epoch", name="uq_epochs_kiosk_id_epoch"),
    )
    op.create_table(
        "presence",
        sa.Column("kiosk_id", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=True),
        sa.Column("connection", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clock_source", sa.String(length=8), nullable=False),
        sa.Column("cards_revision", sa.BigInteger(), nullable=True),
        sa.Column("waiting", sa.BigInteger(), nullable=True),
        sa.Column("camera", sa.String(length=64), nullable=False),
        sa.Column("software", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_presence_kiosk_id"),
        sa.PrimaryKeyConstraint("kiosk_id", name="pk_presence"),
    )
    op.create_table(
        "venues",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("area_id", BIG, nullable=False),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name="fk_venues_area_id"),
        sa.PrimaryKeyConstraint("id", name="pk_venues"),
        sa.UniqueConstraint("name", name="uq_venues_name"),
    )
    op.create_table(
        "assignments",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kiosk_id", sa.String(length=12), nullable=False),
        sa.Column("venue_id", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_assignments_kiosk_id"),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name="fk_assignments_venue_id"),
        sa.PrimaryKeyConstraint("id", name="pk_assignments"),
    )
    op.create_index("ix_assignments_kiosk_id", "assignments", ["kiosk_id"], unique=False)
    op.create_table(
        "cards",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=True),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("distributor_id", BIG, nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("max_children", sa.SmallInteger(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["distributor_id"], ["distributors.id"], name="fk_cards_distributor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_cards"),
        sa.UniqueConstraint("code", name="uq_cards_code"),
        sa.UniqueConstraint("key", name="uq_cards_key"),
        sa.UniqueConstraint("revision", name="uq_cards_revision"),
    )
    op.create_table(
        "records",
        sa.Column("id", BIG, nullable=False),
        sa.Column("epoch_id", BIG, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("conflict", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(length=256), nullable=False),
        sa.ForeignKeyConstraint(["epoch_id"], ["epochs.id"], name="fk_records_epoch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_records"),
        sa.UniqueConstraint("epoch_id", "seq", "digest", name="uq_records_epoch_id_seq_digest"),
    )
    op.create_index(
        "ix_records_unsettled",
        "records",
        ["state", "conflict"],
        unique=False,
        sqlite_where=sa.text("state <> 'stored' OR conflict"),
        postgresql_where=sa.text("state <> 'stored' OR conflict"),
    )
    op.create_table(
        "rollups",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("venue_id", sa.String(length=64), nullable=False),
        sa.Column("hour", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("kiosk_id", sa.String(length=12), nullable=False),
        sa.Column("visits", sa.BigInteger(), nullable=False),
        sa.Column("adults", sa.BigInteger(), nullable=False),
        sa.Column("children", sa.BigInteger(), nullable=False),
        sa.Column("assistants", sa.BigInteger(), nullable=False),
        sa.Column("unanswered", sa.BigInteger(), nullable=False),
        sa.Column("unchecked", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_rollups_kiosk_id"),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name="fk_rollups_venue_id"),
        sa.PrimaryKeyConstraint("day", "venue_id", "hour", "kind", "kiosk_id", name="pk_rollups"),
    )
    op.create_table(
        "visits",
        sa.Column("record_id", BIG, autoincrement=False, nullable=False),
        sa.Column("kiosk_id", sa.String(length=12), nullable=False),
        sa.Column("venue_id", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quality", sa.String(length=8), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("shown", sa.String(length=8), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("adults", sa.SmallInteger(), nullable=False),
        sa.Column("children", sa.SmallInteger(), nullable=True),
        sa.Column("assistants", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=True),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_visits_kiosk_id"),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name="fk_visits_record_id"),
        sa.PrimaryKeyConstraint("record_id", name="pk_visits"),
    )
    op.create_index("ix_visits_seen_at", "visits", ["seen_at"], unique=False)
