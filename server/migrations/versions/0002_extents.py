"""How much of each epoch is there, and which epoch it follows.

``upto`` begins at -1 everywhere: it is found again from the rows when the epoch's next batch comes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    minus_one, zero = sa.text("-1"), sa.text("0")
    for column in (
        sa.Column("upto", sa.BigInteger(), nullable=False, server_default=minus_one),
        sa.Column("last_seq", sa.BigInteger(), nullable=False, server_default=minus_one),
        sa.Column("row_count", sa.BigInteger(), nullable=False, server_default=zero),
        sa.Column("opened", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("previous_epoch", sa.String(length=32), nullable=True),
        sa.Column("previous_last", sa.BigInteger(), nullable=True),
    ):
        op.add_column("epochs", column)
    op.execute(
        "UPDATE epochs SET"
        " last_seq = coalesce((SELECT max(seq) FROM records WHERE epoch_id = epochs.id), -1),"
        " row_count = (SELECT count(DISTINCT seq) FROM records WHERE epoch_id = epochs.id)"
    )
    op.create_index("ix_epochs_kiosk_id_previous_epoch", "epochs", ["kiosk_id", "previous_epoch"])
