"""Cards in the database: read as values, and written under the list's lock, each under its own revision."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, delete, select, update

from agent.wire.card_code import CardCode
from agent.wire.card_page import add_hashes, row_hash
from agent.wire.signed import signed, unsigned
from server.adapters.card_tables import card_changes
from server.adapters.database import insert
from server.adapters.fleet_state import locked_list_state, save_list_state
from server.adapters.issues import moves_issues, note_issues, settle_issues
from server.adapters.matching import match, unmatch
from server.adapters.places import area_id
from server.adapters.tables import areas, cards, distributors
from server.domain.history import Way, What
from server.domain.matching import Matched
from server.domain.register import Card, erased, list_row

CHUNK_ROWS: Final = 2_000

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
_WRITTEN: Final = (
    "code",
    "kind",
    "distributor_id",
    "issued_on",
    "valid_until",
    "max_children",
    "status",
    "holder",
    "replaced_by",
    "row_hash",
    "revision",
)


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
        rows = connection.execute(
            select(distributors.c.id, areas.c.name, distributors.c.name).join(
                areas, areas.c.id == distributors.c.area_id
            )
        )
        self._names: dict[int, tuple[str, str]] = {}
        self._ids: dict[tuple[str, str], int] = {}
        for identifier, area, name in rows:
            self._remember(identifier, area, name)

    def name(self, identifier: int) -> tuple[str, str]:
        """Area and name."""
        return self._names[identifier]

    def find(self, area: str, name: str) -> int | None:
        return self._ids.get((area, name))

    def get(self, area: str, name: str) -> int:
        """Made where there is none."""
        found = self._ids.get((area, name))
        if found is None:
            new = insert(self._connection, distributors).values(
                name=name, area_id=area_id(self._connection, area)
            )
            found = int(self._connection.execute(new.returning(distributors.c.id)).scalar_one())
            self._remember(found, area, name)
        return found

    def _remember(self, identifier: int, area: str, name: str) -> None:
        self._names[identifier] = (area, name)
        self._ids[area, name] = identifier


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
    found = row._asdict()
    return StoredCard(
        id=found["id"],
        key=found["key"],
        code=None if found["code"] is None else CardCode(found["code"]),
        revision=found["revision"],
        row_hash=found["row_hash"],
        holder=found["holder"],
        replaced_by=found["replaced_by"],
        distributor_id=found["distributor_id"],
        card=card_in(found, names),
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


class CardWriter:
    """Takes the list's lock when it is made; the transaction's end lets it go. Call :meth:`finish` last."""

    def __init__(self, connection: Connection, at: datetime, way: Way) -> None:
        self._connection = connection
        self._at = at
        self._way = way
        self._first = self._state = locked_list_state(connection)
        self.names = Distributors(connection)
        self._appeared = self._vanished = self._reissued = False

    @property
    def is_empty(self) -> bool:
        return self._first.count == 0

    @property
    def revision(self) -> int:
        return self._state.revision

    def add(self, new: Iterable[tuple[CardCode, int, Card]], holder: int | None = None) -> None:
        """Cards that were not there, with their signed keys."""
        rows = [
            self._row(key, card) | {"key": key, "code": code.reveal(), "holder": holder, "replaced_by": None}
            for code, key, card in new
        ]
        if rows:
            self._appeared = True
            self._number(rows, removed=0, added=len(rows))
            self._connection.execute(cards.insert(), rows)

    def change(self, changes: Sequence[Change]) -> None:
        """Each is remembered with what the card was before."""
        if not changes:
            return
        self._appeared |= any(change.stored.card.status == "undone" for change in changes)
        self._vanished |= any(change.card.status == "undone" for change in changes)
        rows = [
            self._row(change.stored.key, change.card)
            | {
                "code": change.code.reveal() if change.code else None,
                "holder": change.holder or change.stored.holder,
                "replaced_by": change.replaced_by or change.stored.replaced_by,
            }
            for change in changes
        ]
        self._number(rows, removed=sum(unsigned(change.stored.row_hash) for change in changes), added=0)
        bound = [
            {f"b_{name}": row[name] for name in _WRITTEN} | {"b_id": change.stored.id}
            for row, change in zip(rows, changes, strict=True)
        ]
        self._connection.execute(_UPDATE, bound)
        remembered = [
            self._before(change, row["revision"]) for row, change in zip(rows, changes, strict=True)
        ]
        self._connection.execute(card_changes.insert(), remembered)
        note_issues(self._connection, changes)
        self._reissued |= moves_issues(changes)

    def erase(self, theirs: Sequence[StoredCard]) -> None:
        """What is left of each is what figures need: distributor, kind, and the year of issue."""
        rows = [
            self._row(stored.key, erased(stored.card))
            | {"code": None, "holder": stored.holder, "replaced_by": stored.replaced_by}
            for stored in theirs
        ]
        self._number(rows, removed=sum(unsigned(stored.row_hash) for stored in theirs), added=0)
        bound = [
            {f"b_{name}": row[name] for name in _WRITTEN} | {"b_id": stored.id}
            for row, stored in zip(rows, theirs, strict=True)
        ]
        self._connection.execute(_UPDATE, bound)
        ids = [stored.id for stored in theirs]
        self._connection.execute(delete(card_changes).where(card_changes.c.card_id.in_(ids)))

    def remember_birth(self, card_id: int, what: What) -> None:
        """Of a card that came into being with the last revision, and not by an import."""
        row = dict.fromkeys((column.name for column in card_changes.c if column.name != "id"), None)
        self._connection.execute(
            card_changes.insert(),
            [
                row
                | {
                    "card_id": card_id,
                    "at": self._at,
                    "what": what,
                    "way": self._way,
                    "revision": self._state.revision,
                }
            ],
        )

    def finish(self) -> Matched:
        """Bring list and visits to what the register has become; says which visits had waited for it."""
        if self._state != self._first:
            save_list_state(self._connection, self._state)
        if self._vanished:
            unmatch(self._connection, self._first.revision)
        if self._reissued:
            settle_issues(self._connection, self._first.revision)
        return match(self._connection) if self._appeared else Matched()

    def _row(self, key: int, card: Card) -> dict[str, Any]:
        return {
            "kind": card.kind,
            "distributor_id": self.names.get(card.area, card.distributor),
            "issued_on": card.issued_on,
            "valid_until": card.valid_until,
            "max_children": card.max_children,
            "status": card.status,
            "row_hash": signed(row_hash(list_row(card, unsigned(key)).packed())),
        }

    def _before(self, change: Change, revision: int) -> dict[str, Any]:
        stored = change.stored
        return {
            "card_id": stored.id,
            "at": self._at,
            "what": change.what,
            "way": self._way,
            "import_id": change.import_id,
            "revision": revision,
            "before_revision": stored.revision,
            "kind": stored.card.kind,
            "distributor_id": self.names.get(stored.card.area, stored.card.distributor),
            "issued_on": stored.card.issued_on,
            "valid_until": stored.card.valid_until,
            "max_children": stored.card.max_children,
            "status": stored.card.status,
        }

    def _number(self, rows: Sequence[dict[str, Any]], removed: int, added: int) -> None:
        for revision, row in enumerate(rows, start=self._state.revision + 1):
            row["revision"] = revision
        hashes = sum(row["row_hash"] for row in rows)
        self._state = replace(
            self._state,
            revision=self._state.revision + len(rows),
            count=self._state.count + added,
            checksum=add_hashes(self._state.checksum, hashes, -removed),
        )


_UPDATE: Final = (
    update(cards)
    .where(cards.c.id == bindparam("b_id"))
    .values({name: bindparam(f"b_{name}") for name in _WRITTEN})
)
