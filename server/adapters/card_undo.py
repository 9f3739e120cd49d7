"""Takes an import back: each of its cards becomes what it was, under a new revision."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, select, update

from server.adapters.card_steps import steps_of
from server.adapters.card_store import CHUNK_ROWS, CardWriter
from server.adapters.card_tables import card_changes, imports
from server.adapters.database import Database
from server.adapters.issues import forget_issues
from server.adapters.matching import hold_visits
from server.adapters.repeats import LaterRepeats, forget_import
from server.adapters.stored_cards import Change, Distributors, StoredCard, card_in, stored_cards
from server.adapters.tables import cards
from server.adapters.undone_cards import hold_against_the_rest
from server.domain.history import Way, entry_columns
from server.domain.register import Card
from server.domain.standing import CardStep, as_it_was, standing, unsaid
from server.domain.undoing import SHOWN, InTheWay, Repeat, Since, UndoRefused, in_the_way, undone
from server.domain.uploads import Step, Tell

_MOST: Final = 2**63 - 1
"""No database takes a larger number, not even to say that it is not there."""
_MOVES: Final = ("replaced", "replacement")
"""There is no way back from these."""


class CardUndo:
    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def undo(self, import_id: int, way: Way, tell: Tell = lambda _: None) -> int:
        """How many cards are what they were before. Raises :class:`UndoRefused`; then nothing is changed."""
        with self._database.writing() as connection:
            writer = CardWriter(connection, self._now(), way)
            found = _the_import(connection, import_id)
            of = found["upto_revision"] - found["after_revision"]
            touched = of - _untouched_count(connection, found)
            repeats = LaterRepeats(connection, import_id)
            if touched or repeats:
                _nothing_differs(connection, writer.names, found, touched, repeats)
            first, count = writer.revision, 0
            for chunk in _cards_of(connection, writer, found, touched=touched > 0):
                steps = steps_of(connection, writer.names, chunk)
                writer.change([_change(stored, steps[stored.id], import_id) for stored in chunk])
                forget_issues(connection, {card: unsaid(theirs, import_id) for card, theirs in steps.items()})
                count += len(chunk)
                tell(Step("undoing", count, of))
            hold_visits(connection, alone=True)
            hold_against_the_rest(connection, found, first)
            writer.finish()
            forget_import(connection, import_id)
            connection.execute(update(imports).where(imports.c.id == import_id).values(undone_at=self._now()))
        return count


def _the_import(connection: Connection, import_id: int) -> Mapping[str, Any]:
    query = select(imports).where(imports.c.id == import_id)
    found = connection.execute(query).mappings().first() if 0 < import_id <= _MOST else None
    if found is None:
        raise UndoRefused("unknown", import_id)
    if found["undone_at"] is not None:
        raise UndoRefused("already", import_id)
    return dict(found)


def _untouched_count(connection: Connection, found: Mapping[str, Any]) -> int:
    """How many cards still have the import's revisions; every change moves them."""
    return connection.execute(
        select(func.count())
        .select_from(cards)
        .where(cards.c.revision > found["after_revision"], cards.c.revision <= found["upto_revision"])
    ).scalar_one()


def _nothing_differs(
    connection: Connection,
    names: Distributors,
    found: Mapping[str, Any],
    touched: int,
    repeats: LaterRepeats,
) -> None:
    count, erased, examples = 0, touched, list[InTheWay]()
    for chunk in _spoken_of_since(connection, names, found, repeats):
        erased -= sum(not _is_untouched(stored, found) for stored, _ in chunk)  # else there is a history
        steps = steps_of(connection, names, [stored for stored, _ in chunk])
        for stored, made in chunk:
            stands = standing(steps[stored.id], found["id"])
            since = [step for step in steps[stored.id] if step.revision > found["upto_revision"]]
            differs = in_the_way(
                stored.code.masked() if stored.code else "",
                stands.found if stands else None,
                stands.made if stands else made,
                stored.card,
                [_since(step) for step in since if not step.was_undone],
                _repeats_of(stored, steps[stored.id], repeats),
                was_replaced=any(step.what in _MOVES for step in since),
            )
            if differs:
                count += 1
                examples += [differs] * (len(examples) < SHOWN)
    if count or erased:
        raise UndoRefused("differ", found["id"], count + erased, tuple(examples), erased=erased)


def _repeats_of(stored: StoredCard, steps: Sequence[CardStep], repeats: LaterRepeats) -> Iterator[Repeat]:
    """The newest first, for mostly that one says it all."""
    for word in repeats.of(stored.id):
        card = as_it_was(steps, stored.card, word.revision)
        if card is not None:
            yield Repeat(word.import_id, word.columns, card)


def _touched(
    connection: Connection, names: Distributors, found: Mapping[str, Any]
) -> Iterator[list[tuple[StoredCard, Card]]]:
    """Cards that something was done to after the import, each with what the import had made of it.

    The change that found the import's revision kept that. An erased card has no history any more.
    """
    after = 0
    while True:
        rows = (
            connection.execute(
                select(card_changes)
                .where(
                    card_changes.c.id > after,
                    card_changes.c.before_revision > found["after_revision"],
                    card_changes.c.before_revision <= found["upto_revision"],
                )
                .order_by(card_changes.c.id)
                .limit(CHUNK_ROWS)
            )
            .mappings()
            .all()
        )
        if not rows:
            return
        after = rows[-1]["id"]
        made = {row["card_id"]: card_in(dict(row), names) for row in rows}
        now = stored_cards(connection, names, cards.c.id.in_(made), order_by=cards.c.id)
        yield [(stored, made[stored.id]) for stored in now]


def _spoken_of_since(
    connection: Connection, names: Distributors, found: Mapping[str, Any], repeats: LaterRepeats
) -> Iterator[list[tuple[StoredCard, Card]]]:
    """Those that something was done to, and those that later lists have as they are; each as it was made."""
    yield from _touched(connection, names, found)
    for chunk in _untouched(connection, names, found) if repeats else ():
        if there := [(stored, stored.card) for stored in chunk if any(repeats.of(stored.id))]:
            yield there


def _is_untouched(stored: StoredCard, found: Mapping[str, Any]) -> bool:
    return bool(found["after_revision"] < stored.revision <= found["upto_revision"])


def _cards_of(
    connection: Connection, writer: CardWriter, found: Mapping[str, Any], *, touched: bool
) -> Iterator[list[StoredCard]]:
    """Those with its revisions last: what is written of one keeps its revision, as a touch does."""
    for chunk in _touched(connection, writer.names, found) if touched else ():
        yield [stored for stored, _ in chunk]
    yield from _untouched(connection, writer.names, found)


def _untouched(
    connection: Connection, names: Distributors, found: Mapping[str, Any]
) -> Iterator[list[StoredCard]]:
    """Those that still have its revisions."""
    after, upto = found["after_revision"], found["upto_revision"]
    while untouched := stored_cards(
        connection,
        names,
        cards.c.revision > after,
        cards.c.revision <= upto,
        order_by=cards.c.revision,
        limit=CHUNK_ROWS,
    ):
        after = untouched[-1].revision
        yield untouched


def _since(step: CardStep) -> Since:
    changed = {name for name, _, _ in entry_columns(step.before, step.after)}
    columns = frozenset(changed | {"status"} if step.is_block_here else changed)
    return Since(columns, by_import=step.import_id is not None, by_trial=step.what == "trial_moved")


def _change(stored: StoredCard, steps: Sequence[CardStep], import_id: int) -> Change:
    stands = standing(steps, import_id)
    card = undone(stored.card, stands.found if stands else None)
    code = None if card.status == "undone" else stored.code
    return Change(stored=stored, card=card, code=code, what="undone", import_id=import_id)
