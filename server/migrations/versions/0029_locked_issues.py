"""What a locked year's cards were is written down, and which cards have visits without a code.

Years that are locked already get what the register says today. Of visits that have no code any more nobody
can say whose they were.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "locked_issues",
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("distributor_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("year", "distributor_id", name=op.f("pk_locked_issues")),
    )
    op.create_table(
        "visits_forgotten",
        sa.Column("card_id", _BIG, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("card_id", name=op.f("pk_visits_forgotten")),
    )
    _count_locked_years()


_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _count_locked_years() -> None:
    years = sa.table("years", sa.column("year"), sa.column("locked_at"))
    cards = sa.table(
        "cards",
        sa.column("issued_on", sa.Date()),
        *map(sa.column, ("id", "holder", "distributor_id", "status")),
    )
    issued = sa.table("locked_issues", *map(sa.column, ("year", "distributor_id", "issued")))
    issue_year = sa.cast(sa.extract("year", cards.c.issued_on), sa.Integer())
    person = sa.func.coalesce(cards.c.holder, cards.c.id)
    found = (
        sa.select(years.c.year, cards.c.distributor_id, sa.func.count(sa.distinct(person)))
        .join(cards, issue_year == years.c.year)
        .where(years.c.locked_at.is_not(None), cards.c.status != "undone")
        .group_by(years.c.year, cards.c.distributor_id)
    )
    op.execute(sa.insert(issued).from_select(["year", "distributor_id", "issued"], found))
