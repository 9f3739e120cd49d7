"""Imports that can be undone, what a card was before each change, and which cards are one person's."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("cards", sa.Column("holder", sa.BigInteger(), nullable=True))
    op.add_column("cards", sa.Column("replaced_by", sa.BigInteger(), nullable=True))
    op.create_index("ix_cards_distributor_id_key", "cards", ["distributor_id", "key"])
    op.create_index(
        "ix_cards_holder",
        "cards",
        ["holder"],
        sqlite_where=sa.text("holder IS NOT NULL"),
        postgresql_where=sa.text("holder IS NOT NULL"),
    )
    op.create_table(
        "imports",
        sa.Column("id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("after_revision", sa.BigInteger(), nullable=False),
        sa.Column("upto_revision", sa.BigInteger(), nullable=False),
        sa.Column("new", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("unchanged", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn", sa.BigInteger(), nullable=False),
        sa.Column("erased", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
    )
    op.create_table(
        "card_changes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("card_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("import_id", BIG, nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("before_revision", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=True),
        sa.Column("distributor_id", BIG, nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("max_children", sa.SmallInteger(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name="fk_card_changes_card_id"),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_card_changes_import_id"),
        sa.ForeignKeyConstraint(
            ["distributor_id"], ["distributors.id"], name="fk_card_changes_distributor_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_card_changes"),
    )
    op.create_index("ix_card_changes_card_id", "card_changes", ["card_id"])
    op.create_index("ix_card_changes_import_id_card_id", "card_changes", ["import_id", "card_id"])
