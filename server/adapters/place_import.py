"""Imports of venues and of distributors: a few hundred rows, compared by name, all or nothing."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection, select, update

from server.adapters.card_import import SHOWN_IMPORTS
from server.adapters.card_tables import place_imports
from server.adapters.database import Database
from server.adapters.fleet_state import locked_list_state
from server.adapters.place_undo import note_change, note_venue
from server.adapters.places import area_id, area_names, venues_in
from server.adapters.sheets import read_table
from server.adapters.stored_cards import Distributors
from server.adapters.tables import venues
from server.domain.faults import Fault, FileError, RowError
from server.domain.headings import Given, Headings
from server.domain.history import PlaceImport, Places, Source
from server.domain.names import same_name
from server.domain.outcome import Outcome, RowsRefused, word
from server.domain.place_file import Distributor, distributor_of, venue_of
from server.domain.register import Venue
from server.domain.spellings import Spellings
from server.domain.words_in_files import DISTRIBUTOR_COLUMNS, VENUE_COLUMNS

_CHANGEABLE: Final = ("area", "category", "time_zone")

T = TypeVar("T")
Rows = list[tuple[int, T]]


class PlaceImports:
    """Each call is one transaction. Without a ``source``, which is remembered, it is a dry run."""

    def __init__(self, database: Database, pattern: re.Pattern[str], now: Callable[[], datetime]) -> None:
        """``pattern`` is that of codes, which are no names."""
        self._database = database
        self._pattern = pattern
        self._now = now

    def venues(self, file: Path, given: Given, zone: str, source: Source | None = None) -> Outcome:
        """Raises FileError, and :class:`RowsRefused` where it would write."""
        outcome = Outcome()
        with self._database.writing() if source else self._database.reading() as connection:
            if source:
                locked_list_state(connection)  # an import of cards makes areas, too, and in another order
            known = venues_in(connection)
            zones = {same_name(venue.name): venue.time_zone for venue in known}
            headings = Headings(VENUE_COLUMNS, given)
            areas = area_names(connection)
            rows = _read(file, headings, lambda cell: venue_of(cell, self._pattern, zone, zones), outcome)
            spellings = Spellings(areas)
            spelled = ((row, replace(venue, area=spellings.area(venue.area))) for row, venue in rows)
            new, changed, repeated = _compared(known, spelled, outcome)
            outcome.spellings = list(spellings.found)
            outcome.ignored = headings.ignored_without_codes(self._pattern)
            outcome.new_areas.update(one.area for one in (*new, *changed) if one.area not in areas)
            if source is None:
                return outcome
            _refuse(outcome)
            outcome.import_id = self._remember(connection, "venues", source, outcome)
            for venue in new:
                connection.execute(
                    venues.insert().values(id=venue.id, name=venue.name, **_row(connection, venue))
                )
                note_change(connection, outcome.import_id, venue_id=venue.id)
            for venue in changed:
                note_venue(connection, outcome.import_id, venue.id)
                changing = update(venues).where(venues.c.id == venue.id)
                connection.execute(changing.values(**_row(connection, venue)))
            for there in repeated:
                note_change(connection, outcome.import_id, venue_id=there, repeated=True)
        return outcome

    def distributors(self, file: Path, given: Given, source: Source | None = None) -> Outcome:
        """Raises FileError, and :class:`RowsRefused` where it would write."""
        outcome = Outcome()
        headings = Headings(DISTRIBUTOR_COLUMNS, given)
        rows = _read(file, headings, lambda cell: distributor_of(cell, self._pattern), outcome)
        with self._database.writing() if source else self._database.reading() as connection:
            if source:
                locked_list_state(connection)  # an import of cards makes distributors, too
            known = Distributors(connection)
            areas = area_names(connection)
            spellings = Spellings(areas, known.named())
            repeated: list[int] = []
            new = list(_new_distributors(known, rows, outcome, spellings, repeated.append))
            outcome.spellings = list(spellings.found)
            outcome.ignored = headings.ignored_without_codes(self._pattern)
            outcome.new_areas.update(one.area for one in new if one.area not in areas)
            if source:
                _refuse(outcome)
                outcome.import_id = self._remember(connection, "distributors", source, outcome)
                for distributor in new:
                    made = known.get(distributor.area, distributor.name)
                    note_change(connection, outcome.import_id, distributor_id=made)
                for there in repeated:
                    note_change(connection, outcome.import_id, distributor_id=there, repeated=True)
        return outcome

    def _remember(self, connection: Connection, what: Places, source: Source, outcome: Outcome) -> int:
        counts = {name: getattr(outcome, name) for name in ("new", "changed", "unchanged", "gone")}
        new = place_imports.insert().values(
            at=self._now(),
            what=what,
            file_name=source.file_name,
            sha256=source.sha256,
            way=source.way,
            **counts,
        )
        return int(connection.execute(new.returning(place_imports.c.id)).scalar_one())


def place_imports_in(connection: Connection, *what: Places) -> list[PlaceImport]:
    """The newest first."""
    columns = [place_imports.c[name] for name in PlaceImport.__dataclass_fields__]
    wanted = select(*columns).where(place_imports.c.what.in_(what))
    rows = connection.execute(wanted.order_by(place_imports.c.id.desc()).limit(SHOWN_IMPORTS)).mappings()
    return [PlaceImport(**row) for row in rows]


def _read(
    file: Path, headings: Headings, take: Callable[[dict[str, str]], T], outcome: Outcome
) -> Iterator[tuple[int, T]]:
    for row, cell in read_table(file, headings):
        outcome.rows += 1
        try:
            yield row, take(cell)
        except RowError as error:
            outcome.fault(row, *error.faults)
    if not outcome.rows:
        raise FileError("no_rows")


def _compared(
    known: list[Venue], rows: Iterator[tuple[int, Venue]], outcome: Outcome
) -> tuple[list[Venue], list[Venue], list[str]]:
    """The new, the changed, and the ids of those that are as they were.

    Counts all, and faults where an id or a name is there twice.
    """
    by_name = {same_name(venue.name): venue for venue in known}
    ids = {venue.id for venue in known}
    seen: dict[str, int] = {}
    new, changed, repeated = [], [], []
    for row, venue in rows:
        called = same_name(venue.name)
        before = by_name.get(called)
        if called in seen:
            outcome.fault(row, Fault("twice", "name", str(seen[called])))
        elif before is None and venue.id in ids:
            outcome.fault(row, Fault("venue_id_taken", "name"))
        elif before is None:
            outcome.is_new(row)
            new.append(venue)
            ids.add(venue.id)
        elif columns := [name for name in _CHANGEABLE if getattr(before, name) != getattr(venue, name)]:
            words = ((name, word(getattr(before, name)), word(getattr(venue, name))) for name in columns)
            outcome.is_changed(row, tuple(words))
            changed.append(replace(venue, id=before.id, name=before.name))
        else:
            outcome.unchanged += 1
            repeated.append(before.id)
        seen.setdefault(called, row)
    areas = {venue.area for called, venue in by_name.items() if called in seen} | {
        venue.area for venue in new
    }
    outcome.gone = sum(venue.area in areas and same_name(venue.name) not in seen for venue in known)
    return new, changed, repeated


def _new_distributors(
    known: Distributors,
    rows: Iterator[tuple[int, Distributor]],
    outcome: Outcome,
    spellings: Spellings,
    repeat: Callable[[int], object],
) -> Iterator[Distributor]:
    """``repeat`` is told the numbers of those that are there."""
    seen: dict[Distributor, int] = {}
    for row, written in rows:
        area = spellings.area(written.area)
        distributor = Distributor(area, spellings.distributor(area, written.name))
        if distributor in seen:
            outcome.fault(row, Fault("twice", "name", str(seen[distributor])))
        elif (there := known.find(distributor.area, distributor.name)) is None:
            outcome.is_new(row)
            yield distributor
        else:
            outcome.unchanged += 1
            repeat(there)
        seen.setdefault(distributor, row)


def _row(connection: Connection, venue: Venue) -> dict[str, object]:
    return {
        "area_id": area_id(connection, venue.area),
        "category": venue.category,
        "time_zone": venue.time_zone,
    }


def _refuse(outcome: Outcome) -> None:
    if outcome.faulty:
        raise RowsRefused(outcome)
