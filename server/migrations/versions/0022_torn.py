"""Which kiosks miss a start that another one follows."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("kiosks", sa.Column("torn", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Whether such a kiosk had several memory cards is asked at its next batch.
    op.execute(
        """
        UPDATE kiosks SET torn = true WHERE id IN (
            SELECT later.kiosk_id FROM epochs AS later LEFT JOIN epochs AS earlier
            ON earlier.kiosk_id = later.kiosk_id AND earlier.epoch = later.previous_epoch
            WHERE earlier.id IS NULL AND (later.previous_epoch IS NOT NULL OR later.opened = false)
        )
        """
    )
