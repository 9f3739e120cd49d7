"""By what a start is dated whose clock nobody heard; starts that follow what was left of a lost journal."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("epochs", sa.Column("dated_by", sa.String(length=32), nullable=True))
    for name in ("not_before", "not_after"):
        op.execute(f"ALTER TABLE epochs DROP COLUMN {name}")  # in SQLite, too, without making the table anew
    op.add_column("epochs", sa.Column("at_least", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Kiosks whose books are in pieces: whether by several memory cards is asked at their next batch.
    op.execute(
        """
        UPDATE kiosks SET torn = true WHERE id IN (
            SELECT kiosk_id FROM epochs WHERE previous_epoch IS NULL
            GROUP BY kiosk_id HAVING count(*) > 1 OR max(previous_last) = -1
        )
        """
    )
    # Which of them need another look, and by what, is asked when their kiosk next says something new.
    op.execute(
        """
        UPDATE epochs SET undated = true WHERE opened AND NOT EXISTS (
            SELECT 1 FROM clock_pairs WHERE clock_pairs.kiosk_id = epochs.kiosk_id
            AND clock_pairs.boot_id = epochs.boot_id AND clock_pairs.source <> 'record'
        )
        """
    )
