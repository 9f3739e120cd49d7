"""An import tells how many areas and distributors came into being by it."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("new_areas", "new_distributors"):
        op.add_column(
            "imports", sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0"))
        )
