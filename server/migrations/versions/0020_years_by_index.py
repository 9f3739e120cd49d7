"""The years of visits and of issues are found by indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

REPLACED = "pseudonym IS NOT NULL"


def upgrade() -> None:
    op.create_index(
        "ix_visits_replaced",
        "visits",
        ["day"],
        sqlite_where=sa.text(REPLACED),
        postgresql_where=sa.text(REPLACED),
    )
    op.create_index("ix_cards_issued_on", "cards", ["issued_on"])
    op.create_index("ix_earlier_issues_issued_on", "earlier_issues", ["issued_on"])
