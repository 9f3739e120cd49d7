"""Cards written under the list's lock, each under its own revision."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, update

from agent.wire.card_code import CardCode
from agent.wire.card_page import add_hashes, row_hash
from agent.wire.signed import signed, unsigned
from server.adapters.card_tables import card_changes
from server.adapters.fleet_state import locked_list_state, save_list_state
from server.adapters.issues import blur_issues, note_issues
from server.adapters.matching import match, unmatch
from server.adapters.repeats import forget_repeats
from server.adapters.stored_cards import Change, Distributors, StoredCard
from server.adapters.tables import cards
from server.domain.history import Way, What
from server.domain.matching import Matched
from server.domain.register import Card, erased, list_row

CHUNK_ROWS: Final = 2_000

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


class CardWriter:
    """Takes the list's lock when it is made; the transaction's end lets it go. Call :meth:`finish` last."""

    def __init__(self, connection: Connection, at: datetime, way: Way) -> None:
        self._connection = connection
        self._at = at
        self._way = way
        self._first = self._state = locked_list_state(connection)
        self.names = Distributors(connection)
        self._appeared = self._vanished = False

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
        self._write_over([change.stored for change in changes], rows)
        remembered = [
            self._before(change, row["revision"]) for row, change in zip(rows, changes, strict=True)
        ]
        self._connection.execute(card_changes.insert(), remembered)
        note_issues(self._connection, changes)

    def erase(self, theirs: Sequence[StoredCard], today: date) -> None:
        """What is left of a person's cards is what figures need: distributors, kind, and years of issue."""
        days = blur_issues(self._connection, theirs)
        rows = [
            self._row(stored.key, erased(stored.card, days[stored.id], today))
            | {"code": None, "holder": stored.holder, "replaced_by": stored.replaced_by}
            for stored in theirs
        ]
        self._write_over(theirs, rows)
        ids = [stored.id for stored in theirs]
        self._connection.execute(delete(card_changes).where(card_changes.c.card_id.in_(ids)))
        forget_repeats(self._connection, ids)

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
        return match(self._connection) if self._appeared else Matched()

    def _write_over(self, theirs: Sequence[StoredCard], rows: Sequence[dict[str, Any]]) -> None:
        self._number(rows, removed=sum(unsigned(stored.row_hash) for stored in theirs), added=0)
        bound = [
            {f"b_{name}": row[name] for name in _WRITTEN} | {"b_id": stored.id}
            for row, stored in zip(rows, theirs, strict=True)
        ]
        self._connection.execute(_UPDATE, bound)

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
