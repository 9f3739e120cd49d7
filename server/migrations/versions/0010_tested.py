"""When a kiosk's test card was last held up."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("presence", sa.Column("tested_at", sa.DateTime(timezone=True)))
