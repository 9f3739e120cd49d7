"""The totals: kept with the facts in one transaction, so that a report costs its rows and not its visits."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, bindparam, delete

from server.adapters.database import insert
from server.adapters.record_tables import rollups
from server.domain.visits import RollupKey, Tally

KEY_COLUMNS: Final = ("day", "venue_id", "hour", "kind", "kiosk_id")
"""In the order of :class:`RollupKey`."""


def add_to_rollups(connection: Connection, sums: Mapping[RollupKey, Tally]) -> None:
    """Sums may be negative: what was counted before is taken back. A total of no visit is none."""
    if not sums:
        return
    new = insert(connection, rollups)
    grown = {name: rollups.c[name] + new.excluded[name] for name in Tally._fields}
    connection.execute(
        new.on_conflict_do_update(index_elements=list(KEY_COLUMNS), set_=grown),
        [dict(zip(KEY_COLUMNS, key, strict=True)) | part._asdict() for key, part in sums.items()],
    )
    if shrunk := [key for key, part in sums.items() if part.visits < 0]:
        connection.execute(
            delete(rollups).where(
                rollups.c.visits == 0,
                *(rollups.c[name] == bindparam(f"of_{name}") for name in KEY_COLUMNS),
            ),
            [{f"of_{name}": value for name, value in zip(KEY_COLUMNS, key, strict=True)} for key in shrunk],
        )
