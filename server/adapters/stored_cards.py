"""Cards in the database, read as values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from agent.wire.card_code import CardCode
from server.adapters.database import insert
from server.adapters.places import area_id
from server.adapters.tables import areas, cards, distributors
from server.domain.history import What
from server.domain.names import same_name
from server.domain.register import Card

_READ: Final = (
    cards.c.id,
    cards.c.code,
    cards.c.key,
    cards.c.revision,
    cards.c.row_hash,
    cards.c.holder,
    cards.c.replaced_by,
    cards.c.kind,
    cards.c.distributor_id,
    cards.c.issued_on,
    cards.c.valid_until,
    cards.c.max_children,
    cards.c.status,
)

PERSON: Final = func.coalesce(cards.c.holder, cards.c.id)
"""The number of the first card of whoever holds this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCard:
    """A row as it is, for changing it."""

    id: int
    key: int
    code: CardCode | None
    revision: int
    row_hash: int
    holder: int | None
    replaced_by: int | None
    distributor_id: int
    card: Card

    @property
    def person(self) -> int:
        """Names the holder over all cards that took the place of another."""
        return self.id if self.holder is None else self.holder


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """``code`` is what the row has from now on: a card that was never there has none."""

    stored: StoredCard
    card: Card
    code: CardCode | None
    what: What
    holder: int | None = None
    replaced_by: int | None = None
    import_id: int | None = None


class Distributors:
    """Their names by id and their ids by name, read once in a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._names: dict[int, tuple[str, str]] = {}
        self._ids: dict[tuple[str, str], int] = {}
        for identifier, area, name in named_distributors(connection):
            self._remember(identifier, area, name)

    def name(self, identifier: int) -> tuple[str, str]:
        """Area and name."""
        return self._names[identifier]

    def find(self, area: str, name: str) -> int | None:
        return self._ids.get((same_name(area), same_name(name)))

    def get(self, area: str, name: str) -> int:
        """Made where there is none."""
        found = self.find(area, name)
        if found is None:
            new = insert(self._connection, distributors).values(
                name=name, folded=same_name(name), area_id=area_id(self._connection, area)
            )
            found = int(self._connection.execute(new.returning(distributors.c.id)).scalar_one())
            self._remember(found, area, name)
        return found

    def _remember(self, identifier: int, area: str, name: str) -> None:
        self._names[identifier] = (area, name)
        self._ids[same_name(area), same_name(name)] = identifier

    def named(self) -> Collection[tuple[str, str]]:
        """Area and name of each."""
        return self._names.values()


def trials_of(connection: Connection) -> dict[str, date]:
    rows = connection.execute(select(areas.c.name, areas.c.trial_ends))
    return {name: trial_ends for name, trial_ends in rows if trial_ends is not None}


def stored_cards(
    connection: Connection,
    names: Distributors,
    *where: ColumnElement[bool],
    order_by: ColumnElement[int] = cards.c.key,
    limit: int | None = None,
) -> list[StoredCard]:
    query: Select[*tuple[Any, ...]] = select(*_READ).where(*where).order_by(order_by).limit(limit)
    return [_stored(row, names) for row in connection.execute(query)]


def stored_by_key(connection: Connection, names: Distributors, keys: Sequence[int]) -> dict[int, StoredCard]:
    """By the signed key, and not by the code: an erased card has none."""
    return {found.key: found for found in stored_cards(connection, names, cards.c.key.in_(keys))}


def _stored(row: Row[*tuple[Any, ...]], names: Distributors) -> StoredCard:
    number, code, key, revision, row_hash, holder, replaced_by, *card = row
    kind, of, issued_on, valid_until, most, status = card
    area, distributor = names.name(of)
    return StoredCard(
        id=number,
        key=key,
        code=None if code is None else CardCode(code),
        revision=revision,
        row_hash=row_hash,
        holder=holder,
        replaced_by=replaced_by,
        distributor_id=of,
        card=Card(
            kind=kind,
            distributor=distributor,
            area=area,
            issued_on=issued_on,
            valid_until=valid_until,
            max_children=most,
            status=status,
        ),
    )


def card_in(found: Mapping[str, Any], names: Distributors) -> Card:
    area, distributor = names.name(found["distributor_id"])
    return Card(
        kind=found["kind"],
        distributor=distributor,
        area=area,
        issued_on=found["issued_on"],
        valid_until=found["valid_until"],
        max_children=found["max_children"],
        status=found["status"],
    )


def named_distributors(connection: Connection) -> list[tuple[int, str, str]]:
    """Each with its area and its name."""
    rows = connection.execute(
        select(distributors.c.id, areas.c.name, distributors.c.name).join(
            areas, areas.c.id == distributors.c.area_id
        )
    )
    return [(number, area, name) for number, area, name in rows]
