"""Takes an import of venues or of distributors back, as long as nobody has used what it brought."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Connection, and_, delete, exists, or_, select, update

from server.adapters.card_tables import card_changes, place_changes, place_imports
from server.adapters.database import Database
from server.adapters.fleet_state import locked_list_state
from server.adapters.keeping_tables import earlier_issues, locked_issues
from server.adapters.record_tables import rollups
from server.adapters.tables import areas, assignments, cards, distributors, venues
from server.domain.history import Places
from server.domain.undoing import PlaceUndoFault, PlaceUndoRefused

_MOST: Final = 2**63 - 1
_VENUE_USED: Final = (assignments.c.venue_id, rollups.c.venue_id)
_DISTRIBUTOR_USED: Final = (
    cards.c.distributor_id,
    card_changes.c.distributor_id,
    earlier_issues.c.distributor_id,
    locked_issues.c.distributor_id,
)


def note_change(connection: Connection, import_id: int, **what: Any) -> None:  # noqa: ANN401  (columns)
    connection.execute(place_changes.insert().values(import_id=import_id, **what))


def note_venue(connection: Connection, import_id: int, venue: str) -> None:
    """As it is before it is changed."""
    before = select(venues.c.area_id, venues.c.category, venues.c.time_zone).where(venues.c.id == venue)
    row = connection.execute(before).mappings().one()
    note_change(connection, import_id, venue_id=venue, **row)


class PlaceUndo:
    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def undo(self, what: Places, import_id: int) -> int:
        """How many places are gone or as before. Raises :class:`PlaceUndoRefused`: nothing is changed."""
        with self._database.writing() as connection:
            locked_list_state(connection)  # no card takes a distributor meanwhile
            _can_be_undone(connection, what, import_id)
            of = place_changes.c.import_id == import_id
            found = connection.execute(select(place_changes).where(of)).mappings().all()
            for change in found:
                if not change["repeated"]:
                    _undo(connection, import_id, dict(change))
            undone = update(place_imports).where(place_imports.c.id == import_id)
            connection.execute(undone.values(undone_at=self._now()))
            _drop_empty_areas(connection)
        return sum(not change["repeated"] for change in found)


def _can_be_undone(connection: Connection, what: Places, import_id: int) -> None:
    query = select(place_imports).where(place_imports.c.id == import_id, place_imports.c.what == what)
    found = connection.execute(query).mappings().first() if 0 < import_id <= _MOST else None
    if found is None:
        raise PlaceUndoRefused("unknown", what, import_id)
    if found["undone_at"] is not None:
        raise PlaceUndoRefused("already", what, import_id)
    noted = select(place_changes.c.id).where(place_changes.c.import_id == import_id)
    if (found["new"] or found["changed"]) and not connection.scalar(select(noted.exists())):
        raise PlaceUndoRefused("too_old", what, import_id)


def _undo(connection: Connection, import_id: int, change: Mapping[str, Any]) -> None:
    venue, distributor = change["venue_id"], change["distributor_id"]
    if distributor is not None:
        if _is_used(connection, _DISTRIBUTOR_USED, distributor):
            why: PlaceUndoFault = "used" if _has_cards(connection, distributor) else "named"
            raise _refused(why, "distributors", import_id, connection, distributors.c.id == distributor)
        if _is_in_a_later_one(connection, change, place_changes.c.distributor_id):
            raise _refused("later", "distributors", import_id, connection, distributors.c.id == distributor)
        connection.execute(delete(distributors).where(distributors.c.id == distributor))
        return
    if _is_in_a_later_one(connection, change, place_changes.c.venue_id):
        raise _refused("later", "venues", import_id, connection, venues.c.id == venue)
    if change["area_id"] is not None:
        before = {name: change[name] for name in ("area_id", "category", "time_zone")}
        connection.execute(update(venues).where(venues.c.id == venue).values(before))
        return
    if _is_used(connection, _VENUE_USED, venue):
        raise _refused("used", "venues", import_id, connection, venues.c.id == venue)
    connection.execute(delete(venues).where(venues.c.id == venue))


def _is_in_a_later_one(connection: Connection, change: Mapping[str, Any], column: Column[Any]) -> bool:
    later = and_(
        column == change[column.name],
        place_changes.c.id > change["id"],
        place_imports.c.undone_at.is_(None),
    )
    joined = place_changes.join(place_imports, place_imports.c.id == place_changes.c.import_id)
    return bool(connection.scalar(select(exists().select_from(joined).where(later))))


def _is_used(connection: Connection, columns: Sequence[Column[Any]], value: object) -> bool:
    return any(connection.scalar(select(exists().where(column == value))) for column in columns)


def _has_cards(connection: Connection, distributor: int) -> bool:
    """Or has had some, other than cards that were undone: as if they had never been."""
    theirs = [
        select(cards.c.id).where(cards.c.distributor_id == distributor),
        *(
            select(of.c.card_id).where(of.c.distributor_id == distributor)
            for of in (card_changes, earlier_issues)
        ),
    ]
    there = select(exists().where(cards.c.status != "undone", or_(*(cards.c.id.in_(ids) for ids in theirs))))
    return bool(connection.scalar(there)) or _is_used(
        connection, (locked_issues.c.distributor_id,), distributor
    )


def _refused(
    name: PlaceUndoFault,
    what: Places,
    import_id: int,
    connection: Connection,
    which: Any,  # noqa: ANN401  (a condition)
) -> PlaceUndoRefused:
    table = venues if what == "venues" else distributors
    return PlaceUndoRefused(name, what, import_id, connection.scalar(select(table.c.name).where(which)) or "")


def _drop_empty_areas(connection: Connection) -> None:
    """Those that nobody has said anything about, and that nothing is in any more.

    What an undone import had changed is of no use any more, and would hold on to its area.
    """
    undone = select(place_imports.c.id).where(place_imports.c.undone_at.is_not(None))
    connection.execute(delete(place_changes).where(place_changes.c.import_id.in_(undone)))
    inside = (venues.c.area_id, distributors.c.area_id, place_changes.c.area_id)
    connection.execute(
        delete(areas).where(
            areas.c.trial_set_at.is_(None),
            areas.c.trial_ends.is_(None),
            *[~exists().where(column == areas.c.id) for column in inside],
        )
    )
