"""An import tells how many cards it left alone because it may be too old to have them."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imports", sa.Column("newer", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
