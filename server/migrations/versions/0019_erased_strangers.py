"""A code that was erased is known again also where the register never had its card."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.execute("CREATE TEMPORARY TABLE erased_before AS SELECT mark, card_id FROM erased_codes")
    op.drop_table("erased_codes")
    op.create_table(
        "erased_codes",
        sa.Column("mark", sa.LargeBinary(length=16), nullable=False),
        sa.Column("card_id", BIG, nullable=True),
        sa.PrimaryKeyConstraint("mark", name="pk_erased_codes"),
    )
    op.execute("INSERT INTO erased_codes (mark, card_id) SELECT mark, card_id FROM erased_before")
    op.execute("DROP TABLE erased_before")
