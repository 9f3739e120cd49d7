"""Imports of cards: said before anything is written, then all or nothing, and kept in mind for an undo."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from itertools import islice
from typing import Final

from sqlalchemy import Connection, select, update

from server.adapters.card_reading import CardReading, Pair
from server.adapters.card_spool import CardSpool, StagedCard
from server.adapters.card_store import CHUNK_ROWS, CardWriter
from server.adapters.card_tables import imports
from server.adapters.database import Database, insert
from server.adapters.erased import erased_count
from server.adapters.fleet_state import key_in_force, list_state_of
from server.adapters.places import area_names
from server.adapters.repeats import Repeats
from server.adapters.stored_cards import Change, Distributors, StoredCard, stored_by_key, trials_of
from server.domain.comparing import Changed, New
from server.domain.history import GonePolicy, Import, KeyChanged, Source, Wish
from server.domain.outcome import MostGone, Outcome, RowsRefused
from server.domain.uploads import Tell, counted

AS_IT_IS: Final = Wish()


@dataclass(frozen=True, slots=True)
class _Staged:
    outcome: Outcome
    repeats: Repeats
    register: tuple[object, ...]
    """The register that it was compared with."""


SHOWN_IMPORTS: Final = 50
_COUNTS: Final = (
    "new",
    "changed",
    "unchanged",
    "gone",
    "withdrawn",
    "expired",
    "newer",
    "erased",
)


class CardImports:
    """``checked`` is what the check of the file said: counted on from there."""

    def __init__(self, database: Database, now: Callable[[], datetime], zone: tzinfo = UTC) -> None:
        """``zone`` says what day it is."""
        self._database = database
        self._now = now
        self._zone = zone

    def dry_run(
        self,
        spool: CardSpool,
        checked: Outcome,
        wish: Wish = AS_IT_IS,
        tell: Tell = lambda _: None,
    ) -> Outcome:
        """What :meth:`take` would do now; holds no lock. Raises :class:`KeyChanged`."""
        with self._database.reading() as connection:
            _same_key(connection, spool)
            names = Distributors(connection)
            reading = self._reading(connection, names, spool, checked, wish)
            for _ in reading.pairs(counted("comparing", spool.rows, tell)):
                pass
            for _ in reading.gone():
                pass
            return _withdrawing(reading.outcome, wish.gone)

    def take(
        self,
        spool: CardSpool,
        checked: Outcome,
        source: Source,
        wish: Wish = AS_IT_IS,
        tell: Tell = lambda _: None,
    ) -> Outcome:
        """All or nothing. Raises :class:`RowsRefused`, :class:`MostGone` and :class:`KeyChanged`.

        The file is compared before the register's lock is held, and once more under it where the register has
        changed meanwhile.
        """
        _taken(checked, wish)
        with self._database.reading() as connection:
            staged = self._stage(connection, Distributors(connection), spool, checked, wish, tell)
        _taken(staged.outcome, wish)
        with self._database.writing() as connection:
            writer = CardWriter(connection, self._now(), source.way)
            if staged.register != self._register(connection, writer.names, spool):
                staged = self._stage(connection, writer.names, spool, checked, wish, tell)
                _taken(staged.outcome, wish)
            import_id = _begin(connection, source, self._now(), writer.revision)
            _write(connection, writer, spool, import_id, tell)
            staged.repeats.write(connection, import_id)
            found = writer.finish()
            outcome = staged.outcome
            outcome.import_id, outcome.matched = import_id, found
            connection.execute(
                update(imports)
                .where(imports.c.id == import_id)
                .values(
                    upto_revision=writer.revision,
                    new_areas=len(outcome.new_areas),
                    new_distributors=len(outcome.new_distributors),
                    matched_visits=found.visits,
                    matched_cards=found.cards,
                    matched_refused=found.refused,
                    shortens=outcome.older.rows,
                    shortened=outcome.older.done,
                    reopens=outcome.reopening.rows,
                    reopened=outcome.reopening.done,
                    **{name: getattr(outcome, name) for name in _COUNTS},
                )
            )
        return outcome

    def _stage(
        self,
        connection: Connection,
        names: Distributors,
        spool: CardSpool,
        checked: Outcome,
        wish: Wish,
        tell: Tell,
    ) -> "_Staged":
        """Lay by what is to be written, whatever was laid by before."""
        spool.unstage()
        register = self._register(connection, names, spool)
        reading = self._reading(connection, names, spool, checked, wish)
        for chunk in reading.pairs(counted("comparing", spool.rows, tell)):
            spool.stage(_staged(chunk))
        for missing in reading.gone():
            if wish.gone == "withdraw":
                spool.stage_leaving(stored.key for stored in missing)
        return _Staged(_withdrawing(reading.outcome, wish.gone), reading.repeats, register)

    def _reading(
        self, connection: Connection, names: Distributors, spool: CardSpool, checked: Outcome, wish: Wish
    ) -> CardReading:
        return CardReading(
            connection,
            names,
            spool,
            checked,
            zone=self._zone,
            today=self._today(),
            wish=wish,
            nothing_known=list_state_of(connection).count == 0,
        )

    def _register(self, connection: Connection, names: Distributors, spool: CardSpool) -> tuple[object, ...]:
        """All that a comparison goes by: where this is the same, it would be the same. Raises KeyChanged."""
        _same_key(connection, spool)
        return (
            list_state_of(connection).revision,
            trials_of(connection),
            area_names(connection),
            sorted(names.named()),
            erased_count(connection),
            self._today(),
        )

    def _today(self) -> date:
        return self._now().astimezone(self._zone).date()


def _same_key(connection: Connection, spool: CardSpool) -> None:
    """The rows of ``spool`` are in the order of their hashes, and found by them."""
    if key_in_force(connection, spool.list_key) != spool.list_key:
        raise KeyChanged


def _taken(outcome: Outcome, wish: Wish) -> None:
    if outcome.faulty:
        raise RowsRefused(outcome)
    if wish.gone == "withdraw" and outcome.most_gone and not wish.withdraw_most:
        raise MostGone(outcome)


def _staged(pairs: list[Pair]) -> Iterator[StagedCard]:
    for pair in pairs:
        if isinstance(pair.outcome, New | Changed):
            spooled = pair.spooled
            yield StagedCard(spooled.key, spooled.card.code, pair.known is not None, pair.outcome.card)


def _write(connection: Connection, writer: CardWriter, spool: CardSpool, import_id: int, tell: Tell) -> None:
    progress = counted("writing", spool.staged_count(), tell)
    staged, leaving = spool.staged(), spool.leaving()
    while chunk := list(islice(staged, CHUNK_ROWS)):
        writer.add((one.code, one.key, one.card) for one in chunk if not one.is_known)
        there = [one for one in chunk if one.is_known]
        known = stored_by_key(connection, writer.names, [one.key for one in there]) if there else {}
        writer.change(
            [
                Change(
                    stored=known[one.key], card=one.card, code=one.code, what="imported", import_id=import_id
                )
                for one in there
            ]
        )
        progress(len(chunk))
    while keys := list(islice(leaving, CHUNK_ROWS)):
        known = stored_by_key(connection, writer.names, keys)
        writer.change([_withdrawal(known[key], import_id) for key in keys])
        progress(len(keys))


def _withdrawal(stored: StoredCard, import_id: int) -> Change:
    card = replace(stored.card, status="withdrawn")
    return Change(stored=stored, card=card, code=stored.code, what="withdrawn", import_id=import_id)


def _withdrawing(outcome: Outcome, gone: GonePolicy) -> Outcome:
    outcome.withdrawn = outcome.gone if gone == "withdraw" else 0
    return outcome


def _begin(connection: Connection, source: Source, at: datetime, revision: int) -> int:
    new = insert(connection, imports).values(
        at=at,
        file_name=source.file_name,
        sha256=source.sha256,
        way=source.way,
        after_revision=revision,
        upto_revision=revision,
        **dict.fromkeys(_COUNTS, 0),
    )
    return int(connection.execute(new.returning(imports.c.id)).scalar_one())


def imports_in(connection: Connection, limit: int = SHOWN_IMPORTS) -> list[Import]:
    """The newest first."""
    columns = [imports.c[name] for name in Import.__dataclass_fields__]
    rows = connection.execute(select(*columns).order_by(imports.c.id.desc()).limit(limit)).mappings()
    return [Import(**row) for row in rows]
