"""Of a kiosk: whether it is paused, what codes typed from afar are sealed to, how old its card list is."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("presence", sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("presence", sa.Column("seal_to", sa.LargeBinary(32)))
    op.add_column("presence", sa.Column("list_confirmed_at", sa.DateTime(timezone=True)))
