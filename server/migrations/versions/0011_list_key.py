"""The list key in force, and the list's own generation where its key was changed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("fleet_state", sa.Column("list_key", sa.LargeBinary(length=32), nullable=True))
    op.add_column("fleet_state", sa.Column("list_generation", sa.String(length=32), nullable=True))
