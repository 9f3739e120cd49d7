"""What an import has said is forgotten with its undo; those undone before this left it behind."""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "DELETE FROM card_repeats WHERE import_id IN (SELECT id FROM imports WHERE undone_at IS NOT NULL)"
    )
