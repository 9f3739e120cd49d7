"""An import tells what it left alone: cards that had expired, and last days that were given here."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("expired", "shortens", "shortened"):
        op.add_column(
            "imports", sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0"))
        )
