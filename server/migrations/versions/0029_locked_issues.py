"""What a locked year's cards were is written down, and which cards have visits without a code.

Years that are locked already get what the register says today. Of visits that have no code any more nobody
can say whose they were.
"""

from typing import Any

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
    """A person once in a year, with its first issue."""
    years = sa.table("years", sa.column("year"), sa.column("locked_at"))
    cards = _table("cards", "id", "holder", "status")
    earlier = _table("earlier_issues", "card_id")
    issued = sa.table("locked_issues", *map(sa.column, ("year", "distributor_id", "issued")))
    person = sa.func.coalesce(cards.c.holder, cards.c.id).label("person")
    there = cards.c.status != "undone"
    now = sa.select(person, cards.c.id, *_of(cards), sa.literal(1).label("is_later")).where(there)
    before = (
        sa.select(person, cards.c.id, *_of(earlier), sa.literal(0))
        .join(earlier, earlier.c.card_id == cards.c.id)
        .where(there)
    )
    of = sa.union_all(now, before).subquery()
    nth = sa.func.row_number().over(
        partition_by=(of.c.person, of.c.year), order_by=(of.c.issued_on, of.c.id, of.c.is_later)
    )
    numbered = sa.select(of.c.year, of.c.distributor_id, nth.label("nth")).subquery()
    found = (
        sa.select(years.c.year, numbered.c.distributor_id, sa.func.count())
        .join(numbered, numbered.c.year == years.c.year)
        .where(years.c.locked_at.is_not(None), numbered.c.nth == 1)
        .group_by(years.c.year, numbered.c.distributor_id)
    )
    op.execute(sa.insert(issued).from_select(["year", "distributor_id", "issued"], found))


def _table(name: str, *columns: str) -> sa.TableClause:
    own: list[sa.ColumnClause[Any]] = [sa.column(column) for column in ("distributor_id", *columns)]
    return sa.table(name, sa.column("issued_on", sa.Date()), *own)


def _of(table: sa.TableClause) -> tuple[sa.ColumnElement[Any], ...]:
    year = sa.cast(sa.extract("year", table.c.issued_on), sa.Integer())
    return table.c.issued_on, table.c.distributor_id, year.label("year")
