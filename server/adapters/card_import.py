"""Imports of cards: said before anything is written, then all or nothing, and kept in mind for an undo."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from typing import Final

from sqlalchemy import ColumnElement, Connection, select, update

from server.adapters.card_spool import CardSpool, SpooledCard
from server.adapters.card_store import CHUNK_ROWS, CardWriter
from server.adapters.card_tables import imports
from server.adapters.database import Database, insert
from server.adapters.erased import erased_in
from server.adapters.fleet_state import key_in_force
from server.adapters.places import area_names
from server.adapters.stored_cards import (
    Change,
    Distributors,
    StoredCard,
    stored_by_key,
    stored_cards,
    trials_of,
)
from server.adapters.tables import cards
from server.domain.comparing import Changed, New, compare
from server.domain.faults import RowError
from server.domain.history import GonePolicy, Import, KeyChanged, Outcome, RowsRefused, Source
from server.domain.names import printable
from server.domain.register import RegisterCard
from server.domain.spellings import Spellings

SHOWN_IMPORTS: Final = 50
_LIVE: Final = ("active", "blocked")
_COUNTS: Final = ("new", "changed", "unchanged", "gone", "withdrawn", "erased")

Progress = Callable[[int], object]
"""Told how many rows more are done."""


@dataclass(frozen=True, slots=True)
class _Pair:
    spooled: SpooledCard
    known: StoredCard | None
    outcome: New | Changed


class CardImports:
    """Each call is one transaction. ``checked`` is what the check of the file said: counted on from there."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def dry_run(self, spool: CardSpool, checked: Outcome, gone: GonePolicy = "keep") -> Outcome:
        """What :meth:`take` would do now; holds no lock. Raises :class:`KeyChanged`."""
        with self._database.reading() as connection:
            _same_key(connection, spool)
            names = Distributors(connection)
            reading = _Reading(connection, names, spool, checked)
            for _ in reading.pairs(lambda _: None):
                pass
            for _ in reading.gone():
                pass
            return _withdrawing(reading.outcome, gone)

    def take(
        self,
        spool: CardSpool,
        checked: Outcome,
        source: Source,
        gone: GonePolicy = "keep",
        progress: Progress = lambda _: None,
    ) -> Outcome:
        """Raises :class:`RowsRefused` and :class:`KeyChanged`."""
        if checked.faulty:
            raise RowsRefused(checked)
        with self._database.writing() as connection:
            writer = CardWriter(connection, self._now(), source.way)
            _same_key(connection, spool)
            after = writer.revision
            import_id = _begin(connection, source, self._now(), after)
            reading = _Reading(connection, writer.names, spool, checked, nothing_known=writer.is_empty)
            for chunk in reading.pairs(progress):
                _write(writer, chunk, import_id)
            for missing in reading.gone():
                if gone == "withdraw":
                    writer.change([_withdrawal(stored, import_id) for stored in missing])
            if reading.outcome.faulty:
                raise RowsRefused(reading.outcome)  # and what was written is rolled back
            found = writer.finish()
            outcome = _withdrawing(reading.outcome, gone)
            outcome.import_id, outcome.matched = import_id, found
            counts = {name: getattr(outcome, name) for name in _COUNTS}
            connection.execute(
                update(imports)
                .where(imports.c.id == import_id)
                .values(
                    upto_revision=writer.revision,
                    matched_visits=found.visits,
                    matched_cards=found.cards,
                    matched_refused=found.refused,
                    **counts,
                )
            )
        return outcome


def _same_key(connection: Connection, spool: CardSpool) -> None:
    """The rows of ``spool`` are in the order of their hashes, and found by them."""
    if key_in_force(connection, spool.list_key) != spool.list_key:
        raise KeyChanged


class _Reading:
    """The file beside the register, a chunk at a time, in the order of the keys."""

    def __init__(
        self,
        connection: Connection,
        names: Distributors,
        spool: CardSpool,
        checked: Outcome,
        *,
        nothing_known: bool = False,
    ) -> None:
        self._connection = connection
        self._names = names
        self._spool = spool
        self._nothing_known = nothing_known
        self._trials: dict[str, date] = trials_of(connection)
        self._erased = erased_in(connection)
        spellings = Spellings(area_names(connection), names.named())
        self._stands = {
            (area, name): (stands := spellings.area(area), spellings.distributor(stands, name))
            for area, name in spool.distributors()
        }
        self.outcome = replace(checked, columns=checked.columns.copy(), faults=[*checked.faults], examples=[])
        self.outcome.spellings = list(spellings.found)

    def pairs(self, progress: Progress) -> Iterator[list[_Pair]]:
        """What is new or changed; the rest is counted only."""
        rows = self._spool.cards()
        while chunk := list(islice(rows, CHUNK_ROWS)):
            known = self._known(chunk)
            there = [spooled for spooled in chunk if not self._is_erased(spooled, known)]
            yield [pair for spooled in there if (pair := self._compared(spooled, known.get(spooled.key)))]
            progress(len(chunk))

    def _is_erased(self, spooled: SpooledCard, known: Mapping[int, StoredCard]) -> bool:
        """By its mark: its key may be one of an earlier list key."""
        erased = spooled.key not in known and self._erased(spooled.card.code)
        self.outcome.erased += erased
        return erased

    def gone(self) -> Iterator[list[StoredCard]]:
        """Cards that are in use, of the file's distributors, that the file does not have."""
        for area, name in dict.fromkeys(self._stands.values()):
            distributor = self._names.find(area, name)
            if distributor is None:
                continue
            for chunk in self._cards_of(distributor):
                missing = [found for found in chunk if not self._spool.has(found.key)]
                self.outcome.gone += len(missing)
                yield missing

    def _known(self, chunk: list[SpooledCard]) -> dict[int, StoredCard]:
        if self._nothing_known:
            return {}
        return stored_by_key(self._connection, self._names, [spooled.key for spooled in chunk])

    def _compared(self, spooled: SpooledCard, known: StoredCard | None) -> _Pair | None:
        before = known.card if known else None
        replaced = known is not None and known.replaced_by is not None
        try:
            outcome = compare(self._spelled(spooled.card), before, self._trials, replaced=replaced)
        except RowError as error:
            self.outcome.fault(spooled.row, error.fault)
            return None
        self.outcome.count(spooled.row, before, outcome)
        return _Pair(spooled, known, outcome) if isinstance(outcome, New | Changed) else None

    def _spelled(self, card: RegisterCard) -> RegisterCard:
        area, distributor = self._stands[card.area, card.distributor]
        if (area, distributor) == (card.area, card.distributor):
            return card
        return replace(card, area=area, distributor=distributor)

    def _cards_of(self, distributor: int) -> Iterator[list[StoredCard]]:
        after: tuple[ColumnElement[bool], ...] = ()
        while True:
            found = stored_cards(
                self._connection,
                self._names,
                cards.c.distributor_id == distributor,
                *after,
                limit=CHUNK_ROWS,
            )
            if not found:
                return
            after = (cards.c.key > found[-1].key,)
            yield [stored for stored in found if stored.card.status in _LIVE]


def _write(writer: CardWriter, pairs: list[_Pair], import_id: int) -> None:
    writer.add(
        (pair.spooled.card.code, pair.spooled.key, pair.outcome.card) for pair in pairs if pair.known is None
    )
    writer.change(
        [
            Change(
                stored=pair.known,
                card=pair.outcome.card,
                code=pair.spooled.card.code,
                what="imported",
                import_id=import_id,
            )
            for pair in pairs
            if pair.known is not None
        ]
    )


def _withdrawal(stored: StoredCard, import_id: int) -> Change:
    card = replace(stored.card, status="withdrawn")
    return Change(stored=stored, card=card, code=stored.code, what="withdrawn", import_id=import_id)


def _withdrawing(outcome: Outcome, gone: GonePolicy) -> Outcome:
    outcome.withdrawn = outcome.gone if gone == "withdraw" else 0
    return outcome


def _begin(connection: Connection, source: Source, at: datetime, revision: int) -> int:
    new = insert(connection, imports).values(
        at=at,
        file_name=printable(source.file_name)[:255],
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
