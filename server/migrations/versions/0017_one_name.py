"""Names of areas and distributors are one whatever their letters' case: doubles become the first of them."""

import unicodedata
from collections.abc import Hashable, Iterable

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_HOLDERS = ("cards", "visits", "card_changes", "earlier_issues")
"""Tables that name a distributor."""


def upgrade() -> None:
    for table in ("areas", "distributors"):
        op.add_column(table, sa.Column("folded", sa.String(length=400), nullable=False, server_default=""))
    connection = op.get_bind()
    _merge_areas(connection)
    _merge_distributors(connection)
    op.create_index("ix_areas_folded", "areas", ["folded"], unique=True)
    op.create_index("ix_distributors_area_id_folded", "distributors", ["area_id", "folded"], unique=True)


def _merge_areas(connection: sa.Connection) -> None:
    """Of several ends of a trial the earliest holds."""
    rows = connection.execute(sa.text("SELECT id, name, trial_ends FROM areas ORDER BY id")).all()
    for (folded,), theirs in _alike(((_folded(row.name),), row) for row in rows).items():
        first, others = theirs[0].id, [row.id for row in theirs[1:]]
        ends = min((row.trial_ends for row in theirs if row.trial_ends), default=None)
        connection.execute(
            sa.text("UPDATE areas SET folded = :folded, trial_ends = :ends WHERE id = :id"),
            {"folded": folded, "ends": ends, "id": first},
        )
        for other in others:
            both = {"first": first, "other": other}
            connection.execute(sa.text("UPDATE venues SET area_id = :first WHERE area_id = :other"), both)
            _move_distributors(connection, first, other)
            connection.execute(sa.text("DELETE FROM areas WHERE id = :other"), both)


def _move_distributors(connection: sa.Connection, first: int, other: int) -> None:
    """Where the area has one of the very same name, that one is theirs at once: two cannot be in one area."""
    both = {"first": first, "other": other}
    same = connection.execute(
        sa.text(
            "SELECT mine.id AS stays, other.id AS goes FROM distributors AS other JOIN distributors AS mine"
            " ON mine.name = other.name AND mine.area_id = :first WHERE other.area_id = :other"
        ),
        both,
    ).all()
    for row in same:
        _become(connection, row.goes, row.stays)
    connection.execute(sa.text("UPDATE distributors SET area_id = :first WHERE area_id = :other"), both)


def _merge_distributors(connection: sa.Connection) -> None:
    rows = connection.execute(sa.text("SELECT id, name, area_id FROM distributors ORDER BY id")).all()
    for (_, folded), theirs in _alike(((row.area_id, _folded(row.name)), row) for row in rows).items():
        connection.execute(
            sa.text("UPDATE distributors SET folded = :folded WHERE id = :id"),
            {"folded": folded, "id": theirs[0].id},
        )
        for other in theirs[1:]:
            _become(connection, other.id, theirs[0].id)


def _become(connection: sa.Connection, goes: int, stays: int) -> None:
    for name in _HOLDERS:
        table = sa.table(name, sa.column("distributor_id"))
        connection.execute(
            sa.update(table).where(table.c.distributor_id == goes).values(distributor_id=stays)
        )
    connection.execute(sa.text("DELETE FROM distributors WHERE id = :id"), {"id": goes})


def _alike(
    rows: Iterable[tuple[tuple[Hashable, ...], sa.Row[tuple[object, ...]]]],
) -> dict[tuple[Hashable, ...], list[sa.Row[tuple[object, ...]]]]:
    found: dict[tuple[Hashable, ...], list[sa.Row[tuple[object, ...]]]] = {}
    for key, row in rows:
        found.setdefault(key, []).append(row)
    return found


def _folded(name: str) -> str:
    """As server.domain.names.same_name was when this was written."""
    written = " ".join(unicodedata.normalize("NFC", name).split())
    return " ".join(unicodedata.normalize("NFC", written.casefold()).split())
