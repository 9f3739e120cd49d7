"""By how much a kiosk's calendar differs from the server's."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "presence", sa.Column("clock_off_s", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    )
