"""When the end of an area's trial was said last: an undo brings no card back to a trial that moved since."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("areas", sa.Column("trial_set_at", sa.DateTime(timezone=True)))
