"""An import of venues or of distributors can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("place_imports", sa.Column("undone_at", sa.DateTime(timezone=True)))
    op.create_table(
        "place_changes",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("import_id", _BIG, nullable=False),
        sa.Column("venue_id", sa.String(64)),
        sa.Column("distributor_id", _BIG),
        sa.Column("area_id", _BIG),
        sa.Column("category", sa.String(16)),
        sa.Column("time_zone", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_changes")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["place_imports.id"], name=op.f("fk_place_changes_import_id_place_imports")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_place_changes_area_id_areas")),
    )
    op.create_index(op.f("ix_place_changes_import_id"), "place_changes", ["import_id"])
    op.create_index(op.f("ix_place_changes_venue_id"), "place_changes", ["venue_id"])
