"""One row of a table of venues or of distributors."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from agent.zones import zone_named
from server.domain.faults import RowError, no_faults
from server.domain.headings import Column
from server.domain.names import same_name, venue_id
from server.domain.register import Category, Venue
from server.domain.words_in_files import (
    CATEGORIES,
    DISTRIBUTOR_COLUMNS,
    VENUE_COLUMNS,
    name,
    nothing_beyond,
    one_of,
    text_in,
)


@dataclass(frozen=True, slots=True)
class Distributor:
    area: str
    name: str


def venue_of(
    cell: Mapping[str, str],
    pattern: re.Pattern[str],
    zone: str,
    known: Mapping[str, str] = MappingProxyType({}),
) -> Venue:
    """``pattern`` is that of codes, ``zone`` that of rows that name none.

    But of a venue in ``known`` it is the one there: by its :func:`same_name`.

    Raises :class:`RowError`.
    """
    of = _reader(cell, VENUE_COLUMNS)

    def called() -> tuple[str, str]:
        text = name("name", of("name"), pattern)
        identifier = venue_id(text)
        if identifier is None:
            raise RowError.of("no_letter", "name")
        return identifier, text

    def area() -> str:
        return name("area", of("area"), pattern)

    def category() -> Category:
        return one_of("category", of("category"), CATEGORIES)

    def time_zone() -> str:
        return _zone(of("time_zone") or known.get(same_name(cell["name"]), zone))

    no_faults((lambda: nothing_beyond(cell), called, area, category, time_zone))
    identifier, text = called()
    return Venue(id=identifier, name=text, area=area(), category=category(), time_zone=time_zone())


def distributor_of(cell: Mapping[str, str], pattern: re.Pattern[str]) -> Distributor:
    """Raises :class:`RowError`."""
    of = _reader(cell, DISTRIBUTOR_COLUMNS)

    def called() -> str:
        return name("name", of("name"), pattern)

    def area() -> str:
        return name("area", of("area"), pattern)

    no_faults((lambda: nothing_beyond(cell), called, area))
    return Distributor(area(), called())


def _reader(cell: Mapping[str, str], columns: Sequence[Column]) -> Callable[[str], str]:
    by_name = {column.name: column for column in columns}
    return lambda column: text_in(cell, by_name[column])


def _zone(text: str) -> str:
    try:
        return zone_named(text).key
    except ValueError:
        raise RowError.of("not_a_zone", "time_zone") from None
