"""An import tells which rows would have opened what was shut here."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("reopens", "reopened"):
        op.add_column(
            "imports", sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0"))
        )
