"""Areas, venues, kiosks, and which kiosk stood where."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, or_, select, update

from agent.told import ToldError
from agent.wire.card_key import ListKey
from server.adapters.database import Database, insert
from server.adapters.fleet_state import key_in_force, locked_list_state
from server.adapters.tables import areas, assignments, kiosks, venues
from server.domain.names import MAX_NAME_CHARS, as_written, is_name, same_name, venue_id
from server.domain.register import Category, Venue

_CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)


class PlaceError(ToldError):
    """What was asked for cannot be; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """What ingest needs of a kiosk: the venues it was ever assigned to, with their zones."""

    zones: dict[str, ZoneInfo]


class Places:
    """Changes by people and by provisioning. Each call is one transaction."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def add_venue(self, name: str, area: str, category: Category, time_zone: str) -> Venue:
        """Raises :class:`PlaceError` where the name or the id that comes of it is taken."""
        name, area = as_written(name), as_written(area)
        new = venue_id(name)
        if new is None:
            raise PlaceError("The venue's name must hold a letter or a digit.")
        for text in (name, area):
            if not is_name(text):
                raise PlaceError(f"Names of venues and areas have 1 to {MAX_NAME_CHARS} characters.")
        with self._database.writing() as connection:
            locked_list_state(connection)  # an undone import takes areas and venues away
            taken = connection.execute(
                select(venues.c.name).where(or_(venues.c.id == new, venues.c.name == name))
            ).scalar()
            if taken is not None:
                raise PlaceError(f"There is already a venue {taken} ({new}). Give this one another name.")
            stands = area_named(connection, area) or area
            connection.execute(
                venues.insert().values(
                    id=new,
                    name=name,
                    area_id=area_id(connection, area),
                    category=category,
                    time_zone=time_zone,
                )
            )
        return Venue(id=new, name=name, area=stands, category=category, time_zone=time_zone)

    def list_areas(self) -> list[tuple[str, date | None]]:
        with self._database.reading() as connection:
            rows = connection.execute(select(areas.c.name, areas.c.trial_ends).order_by(areas.c.name))
            return [(name, trial_ends) for name, trial_ends in rows]

    def find_venue(self, id_or_name: str) -> Venue | None:
        with self._database.reading() as connection:
            row = connection.execute(
                _venues().where(or_(venues.c.id == id_or_name, venues.c.name == id_or_name))
            ).first()
        return None if row is None else _venue(row)

    def list_venues(self) -> list[Venue]:
        with self._database.reading() as connection:
            return venues_in(connection)

    def list_key(self, first: ListKey) -> ListKey:
        """What a kiosk that is added now looks cards up by."""
        with self._database.reading() as connection:
            return key_in_force(connection, first)

    def add_kiosk(self, kiosk: str, name: str, venue: str) -> None:
        """Add ``kiosk``, or move it: it stands at the venue with the id ``venue`` from now on."""
        now = self._now()
        with self._database.writing() as connection:
            locked_list_state(connection)  # likewise
            if connection.execute(select(venues.c.id).where(venues.c.id == venue)).first() is None:
                raise PlaceError(f"There is no venue {venue}. Add it with: kaiku-server venues add")
            new = insert(connection, kiosks).values(id=kiosk, name=name, added_at=now)
            connection.execute(new.on_conflict_do_update(index_elements=["id"], set_={"name": name}))
            open_here = assignments.c.kiosk_id == kiosk, assignments.c.valid_to.is_(None)
            connection.execute(update(assignments).where(*open_here).values(valid_to=now))
            connection.execute(assignments.insert().values(kiosk_id=kiosk, venue_id=venue, valid_from=now))


def venues_in(connection: Connection) -> list[Venue]:
    return [_venue(row) for row in connection.execute(_venues().order_by(venues.c.name))]


def area_id(connection: Connection, name: str) -> int:
    """The area of this name, made where there is none."""
    folded = same_name(name)
    new = insert(connection, areas).values(name=name, folded=folded)
    connection.execute(new.on_conflict_do_nothing())
    found: int = connection.execute(select(areas.c.id).where(areas.c.folded == folded)).scalar_one()
    return found


def area_named(connection: Connection, name: str) -> str | None:
    """As it is spelled here; ``None`` where there is none."""
    found: str | None = connection.scalar(select(areas.c.name).where(areas.c.folded == same_name(name)))
    return found


def area_names(connection: Connection) -> list[str]:
    return list(connection.scalars(select(areas.c.name).order_by(areas.c.id)))


def places_of(connection: Connection, wanted: Iterable[str]) -> dict[str, Place]:
    """The known ones of ``wanted`` with their assignment history."""
    rows = connection.execute(
        select(kiosks.c.id, venues.c.id, venues.c.time_zone)
        .outerjoin(assignments, assignments.c.kiosk_id == kiosks.c.id)
        .outerjoin(venues, venues.c.id == assignments.c.venue_id)
        .where(kiosks.c.id.in_(sorted(wanted)))
    )
    found: dict[str, Place] = {}
    for kiosk, venue, zone in rows:
        place = found.setdefault(kiosk, Place({}))
        if venue is not None:
            place.zones[venue] = ZoneInfo(zone)
    return found


def _venues() -> Select[str, str, str, str, str]:
    columns = (venues.c.id, venues.c.name, areas.c.name, venues.c.category, venues.c.time_zone)
    return select(*columns).join(areas, areas.c.id == venues.c.area_id)


def _venue(row: Row[str, str, str, str, str]) -> Venue:
    identifier, name, area, category, time_zone = row
    for known in _CATEGORIES:
        if category == known:
            return Venue(id=identifier, name=name, area=area, category=known, time_zone=time_zone)
    raise PlaceError(f"Venue {identifier} has a category of a later version. Update the server.")
