"""The day on which an area's trial ends."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("areas", sa.Column("trial_ends", sa.Date(), nullable=True))
