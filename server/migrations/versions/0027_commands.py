"""What people have kiosks do, and what came of it."""

import sqlalchemy as sa
from alembic import op

from server.adapters.columns import UtcTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "commands",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kiosk_id", sa.String(12), sa.ForeignKey("kiosks.id"), nullable=False),
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("args", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("not_after", UtcTime(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("detail", sa.String(64), nullable=False),
    )
    op.create_index("ix_commands_kiosk_id_made_at", "commands", ["kiosk_id", "made_at"])
    op.create_index(
        "ix_commands_open",
        "commands",
        ["not_after"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
