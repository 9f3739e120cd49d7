"""The kiosks' digests, and how far in time each epoch goes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("epochs", sa.Column("last_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "digests",
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kiosk_id", sa.String(length=12), nullable=False),
        sa.Column("epoch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_digests_kiosk_id"),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name="fk_digests_record_id"),
        sa.ForeignKeyConstraint(["epoch_id"], ["epochs.id"], name="fk_digests_epoch_id"),
        sa.PrimaryKeyConstraint("record_id", name="pk_digests"),
    )
    op.create_index("ix_digests_kiosk_id_at", "digests", ["kiosk_id", "at"])
