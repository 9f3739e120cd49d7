"""One row of a table of venues or of distributors."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from server.domain.faults import RowError
from server.domain.headings import Column
from server.domain.names import same_name, venue_id
from server.domain.register import Venue
from server.domain.words_in_files import (
    CATEGORIES,
    DISTRIBUTOR_COLUMNS,
    VENUE_COLUMNS,
    name,
    one_of,
    with_values,
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
    _needed(cell, VENUE_COLUMNS)
    called = name("name", cell["name"], pattern)
    identifier = venue_id(called)
    if identifier is None:
        raise RowError("no_letter", "name")
    return Venue(
        id=identifier,
        name=called,
        area=name("area", cell["area"], pattern),
        category=one_of("category", cell["category"], CATEGORIES),
        time_zone=_zone(cell["time_zone"] or known.get(same_name(called), zone)),
    )


def distributor_of(cell: Mapping[str, str], pattern: re.Pattern[str]) -> Distributor:
    """Raises :class:`RowError`."""
    _needed(cell, DISTRIBUTOR_COLUMNS)
    return Distributor(name("area", cell["area"], pattern), name("name", cell["name"], pattern))


def _needed(cell: Mapping[str, str], columns: Sequence[Column]) -> None:
    with_values(cell)
    for column in columns:
        if column.needed and not cell[column.name]:
            raise RowError("missing", column.name)


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RowError("not_a_zone", "time_zone") from None
