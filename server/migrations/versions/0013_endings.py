"""Which memory cards are gone, as people say; and which kiosks ever had more than one."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("kiosks", sa.Column("forked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        """
        UPDATE kiosks SET forked = true WHERE id IN (
            SELECT later.kiosk_id FROM epochs AS later LEFT JOIN epochs AS earlier
            ON earlier.kiosk_id = later.kiosk_id AND earlier.epoch = later.previous_epoch
            WHERE later.previous_epoch IS NOT NULL
            GROUP BY later.kiosk_id, later.previous_epoch
            HAVING count(*) > 1 OR max(earlier.last_seq) > max(later.previous_last)
        )
        """
    )
    op.create_table(
        "endings",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kiosk_id", sa.String(length=12), nullable=False),
        sa.Column("epoch_id", BIG, nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_endings_kiosk_id"),
        sa.ForeignKeyConstraint(["epoch_id"], ["epochs.id"], name="fk_endings_epoch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_endings"),
    )
    op.create_index("ix_endings_kiosk_id", "endings", ["kiosk_id"])
