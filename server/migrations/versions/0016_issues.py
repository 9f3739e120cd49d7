"""Earlier issues of cards know their day: a visit belongs to an issue by its own day."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """The history of cards knows the day; of those that were erased the year is all there is."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(_DAYS_ON_SQLITE if on_sqlite else _DAYS_ON_POSTGRESQL)
    op.drop_table("earlier_issues")
    op.create_table(
        "earlier_issues",
        sa.Column("card_id", BIG, autoincrement=False, nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("distributor_id", BIG, nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("card_id", "issued_on", name="pk_earlier_issues"),
    )
    op.execute(
        "INSERT INTO earlier_issues (card_id, issued_on, distributor_id, import_id)"
        " SELECT card_id, issued_on, distributor_id, import_id FROM issues_before"
    )
    op.execute("DROP TABLE issues_before")


_DAYS_ON_SQLITE = """
CREATE TEMPORARY TABLE issues_before AS
SELECT card_id, coalesce(
    (SELECT min(issued_on) FROM card_changes WHERE card_changes.card_id = earlier_issues.card_id
     AND card_changes.distributor_id = earlier_issues.distributor_id
     AND CAST(substr(issued_on, 1, 4) AS INTEGER) = earlier_issues.year),
    year || '-01-01') AS issued_on, distributor_id, import_id FROM earlier_issues
"""
_DAYS_ON_POSTGRESQL = """
CREATE TEMPORARY TABLE issues_before AS
SELECT card_id, coalesce(
    (SELECT min(issued_on) FROM card_changes WHERE card_changes.card_id = earlier_issues.card_id
     AND card_changes.distributor_id = earlier_issues.distributor_id
     AND CAST(extract(year FROM issued_on) AS INTEGER) = earlier_issues.year),
    make_date(year, 1, 1)) AS issued_on, distributor_id, import_id FROM earlier_issues
"""
