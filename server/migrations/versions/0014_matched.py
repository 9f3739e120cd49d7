"""Visits know their card in the register; those that came in without one are matched when it comes."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNMATCHED = "card_id IS NULL AND code IS NOT NULL"


def upgrade() -> None:
    op.add_column("visits", sa.Column("card_id", BIG, nullable=True))
    op.add_column("visits", sa.Column("distributor_id", BIG, nullable=True))
    op.add_column("visits", sa.Column("issued_year", sa.SmallInteger(), nullable=True))
    op.add_column("visits", sa.Column("unlisted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column(
        "rollups", sa.Column("matched", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    )
    for name in ("matched_visits", "matched_cards", "matched_refused"):
        op.add_column(
            "imports", sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0"))
        )
    op.execute("UPDATE visits SET unlisted = (kind = 'unknown') WHERE code IS NOT NULL")
    op.execute(
        "UPDATE visits SET"
        " card_id = (SELECT id FROM cards WHERE cards.code = visits.code),"
        " distributor_id = (SELECT cards.distributor_id FROM cards WHERE cards.code = visits.code),"
        " issued_year = (SELECT CAST(substr(CAST(issued_on AS VARCHAR(10)), 1, 4) AS INTEGER)"
        " FROM cards WHERE cards.code = visits.code),"
        " kind = CASE WHEN unlisted THEN (SELECT cards.kind FROM cards WHERE cards.code = visits.code)"
        " ELSE kind END"
        " WHERE code IS NOT NULL AND EXISTS (SELECT 1 FROM cards WHERE cards.code = visits.code)"
    )
    op.create_index(
        "ix_visits_unmatched",
        "visits",
        ["code"],
        sqlite_where=sa.text(UNMATCHED),
        postgresql_where=sa.text(UNMATCHED),
    )
    op.create_index(
        "ix_visits_card_id",
        "visits",
        ["card_id"],
        sqlite_where=sa.text("card_id IS NOT NULL"),
        postgresql_where=sa.text("card_id IS NOT NULL"),
    )
    _count_again()


def _count_again() -> None:
    """Kinds have changed, so all totals are made anew; they cost the visits once."""
    op.execute("DELETE FROM rollups")
    op.execute(
        "INSERT INTO rollups (day, venue_id, hour, kind, kiosk_id, visits, adults, children, assistants,"
        " unanswered, unchecked, by_hand, bounded, matched)"
        " SELECT day, venue_id, hour, kind, kiosk_id, count(*), sum(adults), sum(coalesce(children, 0)),"
        " sum(assistants), sum(CASE WHEN children IS NULL THEN 1 ELSE 0 END),"
        " sum(CASE WHEN verdict = 'unchecked' THEN 1 ELSE 0 END),"
        " sum(CASE WHEN verdict = 'by_hand' THEN 1 ELSE 0 END),"
        " sum(CASE WHEN quality = 'bounded' THEN 1 ELSE 0 END),"
        " sum(CASE WHEN verdict = 'unchecked' AND distributor_id IS NOT NULL THEN 1 ELSE 0 END)"
        " FROM visits WHERE counted GROUP BY day, venue_id, hour, kind, kiosk_id"
    )
