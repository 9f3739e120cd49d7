"""Records that say something of others; who was let in by hand, and visits of which no time is known."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "amendments",
        sa.Column("record_id", BIG, nullable=False),
        sa.Column("kiosk_id", sa.String(length=12), nullable=False),
        sa.Column("of_epoch", sa.String(length=32), nullable=False),
        sa.Column("of_seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_amendments_kiosk_id"),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name="fk_amendments_record_id"),
        sa.PrimaryKeyConstraint("record_id", name="pk_amendments"),
    )
    op.create_index(
        "ix_amendments_kiosk_id_of_epoch_of_seq", "amendments", ["kiosk_id", "of_epoch", "of_seq"]
    )
    with op.batch_alter_table("epochs") as epochs:
        epochs.add_column(sa.Column("boot_id", sa.String(length=64), nullable=True))
        epochs.add_column(sa.Column("opened_ms", sa.BigInteger(), nullable=True))
        epochs.add_column(sa.Column("last_ms", sa.BigInteger(), nullable=True))
        epochs.add_column(sa.Column("undated", sa.Boolean(), nullable=False, server_default=sa.false()))
        epochs.add_column(sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
        epochs.add_column(sa.Column("not_after", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_epochs_undated",
        "epochs",
        ["kiosk_id"],
        sqlite_where=sa.text("undated"),
        postgresql_where=sa.text("undated"),
    )
    for name in ("by_hand", "bounded"):
        op.add_column(
            "rollups", sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0"))
        )
    op.execute(
        "UPDATE rollups SET bounded = (SELECT count(*) FROM visits WHERE quality = 'bounded' AND counted"
        " AND visits.day = rollups.day AND visits.venue_id = rollups.venue_id"
        " AND visits.hour = rollups.hour AND visits.kind = rollups.kind"
        " AND visits.kiosk_id = rollups.kiosk_id)"
    )
