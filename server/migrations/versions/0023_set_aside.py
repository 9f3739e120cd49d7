"""Which starts came after a damaged journal was set aside: those that open from now on."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("epochs", sa.Column("set_aside", sa.Boolean(), nullable=False, server_default=sa.false()))
