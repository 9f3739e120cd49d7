"""The register of cards: imports that are all or nothing, each changed row under a revision of its own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from agent.wire.card_key import ListKey
from agent.wire.card_page import add_hashes, row_hash
from server.adapters.database import Database, insert
from server.adapters.fleet_state import locked_list_state, save_list_state, signed, unsigned
from server.adapters.places import area_id
from server.adapters.tables import areas, cards, distributors
from server.domain.feed import ListState
from server.domain.register import RegisterCard, list_row

CHUNK_ROWS: Final = 2_000

_COMPARED: Final = ("kind", "distributor_id", "issued_on", "valid_until", "status", "max_children")


@dataclass(frozen=True, slots=True)
class Imported:
    new: int = 0
    changed: int = 0
    unchanged: int = 0


def import_cards(database: Database, list_key: ListKey, wanted: Iterable[RegisterCard]) -> Imported:
    """Bring the register to ``wanted`` in one transaction. Cards that are not named stay as they are.

    Memory holds one chunk at a time, so ``wanted`` may be an iterator over a million rows; an exception
    out of it undoes everything.
    """
    with database.writing() as connection:
        state = locked_list_state(connection)
        importer = _Importer(connection, list_key, state)
        rows = iter(wanted)
        while chunk := list(islice(rows, CHUNK_ROWS)):
            importer.take(chunk)
        if importer.state != state:
            save_list_state(connection, importer.state)
        return importer.done


class _Importer:
    """One import under way; holds the running revision, count and checksum."""

    def __init__(self, connection: Connection, list_key: ListKey, state: ListState) -> None:
        self._connection = connection
        self._list_key = list_key
        self._distributors = _distributors(connection)
        self._first_fill = state.count == 0
        self.state = state
        self.done = Imported()

    def take(self, chunk: Sequence[RegisterCard]) -> None:
        known = self._known(chunk)
        new: list[dict[str, object]] = []
        changed: list[dict[str, object]] = []
        removed = 0
        for card in chunk:
            row = self._row(card)
            before = known.get(card.code.reveal())
            if before is None:
                new.append(row)
            elif any(before[name] != row[name] for name in _COMPARED):
                changed.append(row)
                removed += unsigned(_integer(before["row_hash"]))
        self._number([*new, *changed], removed, added=len(new))
        if new:
            self._connection.execute(cards.insert(), new)
        if changed:
            self._connection.execute(_UPDATE, [_bound(row) for row in changed])
        done = self.done
        self.done = Imported(
            done.new + len(new),
            done.changed + len(changed),
            done.unchanged + len(chunk) - len(new) - len(changed),
        )

    def _known(self, chunk: Sequence[RegisterCard]) -> dict[str, Mapping[str, object]]:
        if self._first_fill:
            return {}
        columns = (cards.c[name] for name in ("code", "row_hash", *_COMPARED))
        codes = [card.code.reveal() for card in chunk]
        rows = self._connection.execute(select(*columns).where(cards.c.code.in_(codes))).mappings()
        return {str(row["code"]): dict(row) for row in rows}

    def _row(self, card: RegisterCard) -> dict[str, object]:
        key = self._list_key.card_key(card.code)
        return {
            "code": card.code.reveal(),
            "key": signed(key),
            "kind": card.kind,
            "distributor_id": self._distributor(card.area, card.distributor),
            "issued_on": card.issued_on,
            "valid_until": card.valid_until,
            "status": card.status,
            "max_children": card.max_children,
            "row_hash": signed(row_hash(list_row(card, key).packed())),
        }

    def _number(self, rows: Sequence[dict[str, object]], removed: int, added: int) -> None:
        for revision, row in enumerate(rows, start=self.state.revision + 1):
            row["revision"] = revision
        hashes = sum(_integer(row["row_hash"]) for row in rows)
        self.state = replace(
            self.state,
            revision=self.state.revision + len(rows),
            count=self.state.count + added,
            checksum=add_hashes(self.state.checksum, hashes, -removed),
        )

    def _distributor(self, area: str, name: str) -> int:
        found = self._distributors.get((area, name))
        if found is None:
            found = _add_distributor(self._connection, area, name)
            self._distributors[area, name] = found
        return found


_UPDATE: Final = (
    update(cards)
    .where(cards.c.code == bindparam("b_code"))
    .values({name: bindparam(f"b_{name}") for name in (*_COMPARED, "row_hash", "revision")})
)


def _bound(row: Mapping[str, object]) -> dict[str, object]:
    return {f"b_{name}": row[name] for name in ("code", *_COMPARED, "row_hash", "revision")}


def _integer(value: object) -> int:
    assert isinstance(value, int)  # noqa: S101  (a column of integers)
    return value


def _distributors(connection: Connection) -> dict[tuple[str, str], int]:
    rows = connection.execute(
        select(areas.c.name, distributors.c.name, distributors.c.id).join(
            areas, areas.c.id == distributors.c.area_id
        )
    )
    return {(area, name): identifier for area, name, identifier in rows}


def _add_distributor(connection: Connection, area: str, name: str) -> int:
    new = insert(connection, distributors).values(name=name, area_id=area_id(connection, area))
    return int(connection.execute(new.returning(distributors.c.id)).scalar_one())
