"""An import notes the cards and places that it has as they are here: no undo of an earlier one takes them."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "card_repeats",
        sa.Column("import_id", _BIG, nullable=False),
        sa.Column("says", sa.String(80), nullable=False),
        sa.Column("piece", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cards", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_card_repeats_import_id_imports")
        ),
        sa.PrimaryKeyConstraint("import_id", "says", "piece", name=op.f("pk_card_repeats")),
    )
    op.add_column(
        "place_changes", sa.Column("repeated", sa.Boolean(), nullable=False, server_default=sa.false())
    )
