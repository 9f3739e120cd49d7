"""Codes give way to pseudonyms after their time: years and their keys, erased cards, earlier issues."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("visits", sa.Column("pseudonym", sa.LargeBinary(length=16), nullable=True))
    op.create_index(
        "ix_visits_coded",
        "visits",
        ["day"],
        sqlite_where=sa.text("code IS NOT NULL"),
        postgresql_where=sa.text("code IS NOT NULL"),
    )
    op.create_table(
        "years",
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("year", name="pk_years"),
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erasure"),
    )
    op.create_table(
        "erased_codes",
        sa.Column("mark", sa.LargeBinary(length=16), nullable=False),
        sa.Column("card_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_erased_codes"),
    )
    op.create_table(
        "earlier_issues",
        sa.Column("card_id", BIG, autoincrement=False, nullable=False),
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("distributor_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("card_id", "year", name="pk_earlier_issues"),
    )
