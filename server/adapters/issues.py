"""Cards that a later list issued anew: they were issued in the earlier year, too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete

from server.adapters.database import insert
from server.adapters.keeping_tables import earlier_issues

if TYPE_CHECKING:
    from server.adapters.card_store import Change


def note_issues(connection: Connection, changes: Sequence[Change]) -> None:
    """An undone import takes back what it had moved."""
    back = [change.stored.id for change in changes if change.what == "undone"]
    if back:
        connection.execute(
            delete(earlier_issues).where(
                earlier_issues.c.card_id.in_(back), earlier_issues.c.import_id == changes[0].import_id
            )
        )
    moved = [change for change in changes if change.what != "undone" and _is_moved(change)]
    if not moved:
        return
    connection.execute(
        insert(connection, earlier_issues).on_conflict_do_nothing(),
        [
            {
                "card_id": change.stored.id,
                "year": change.stored.card.issued_on.year,
                "distributor_id": change.stored.distributor_id,
                "kind": change.stored.card.kind,
                "import_id": change.import_id,
            }
            for change in moved
        ],
    )


def _is_moved(change: Change) -> bool:
    before, after = change.stored.card, change.card
    return before.status != "undone" and before.issued_on.year != after.issued_on.year
