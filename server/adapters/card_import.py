"""Imports of cards: said before anything is written, then all or nothing, and kept in mind for an undo."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo
from typing import Final

from sqlalchemy import Connection, select, update

from server.adapters.card_reading import CardReading, Pair, Progress
from server.adapters.card_spool import CardSpool
from server.adapters.card_store import CardWriter
from server.adapters.card_tables import imports
from server.adapters.database import Database, insert
from server.adapters.fleet_state import key_in_force
from server.adapters.stored_cards import Change, Distributors, StoredCard
from server.domain.comparing import Changed, New
from server.domain.history import GonePolicy, Import, KeyChanged, Source, Wish
from server.domain.outcome import Outcome, RowsRefused

AS_IT_IS: Final = Wish()
SHOWN_IMPORTS: Final = 50
_COUNTS: Final = (
    "new",
    "changed",
    "unchanged",
    "gone",
    "withdrawn",
    "expired",
    "newer",
    "shortens",
    "shortened",
    "erased",
)


class CardImports:
    """Each call is one transaction. ``checked`` is what the check of the file said: counted on from there."""

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
        progress: Progress = lambda _: None,
    ) -> Outcome:
        """What :meth:`take` would do now; holds no lock. Raises :class:`KeyChanged`."""
        with self._database.reading() as connection:
            _same_key(connection, spool)
            names = Distributors(connection)
            reading = CardReading(
                connection, names, spool, checked, zone=self._zone, today=self._today(), shorten=wish.shorten
            )
            for _ in reading.pairs(progress):
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
            reading = CardReading(
                connection,
                writer.names,
                spool,
                checked,
                zone=self._zone,
                today=self._today(),
                shorten=wish.shorten,
                nothing_known=writer.is_empty,
            )
            for chunk in reading.pairs(progress):
                _write(writer, chunk, import_id)
            for missing in reading.gone():
                if wish.gone == "withdraw":
                    writer.change([_withdrawal(stored, import_id) for stored in missing])
            if reading.outcome.faulty:
                raise RowsRefused(reading.outcome)  # and what was written is rolled back
            found = writer.finish()
            outcome = _withdrawing(reading.outcome, wish.gone)
            outcome.import_id, outcome.matched = import_id, found
            counts = {name: getattr(outcome, name) for name in _COUNTS}
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
                    **counts,
                )
            )
        return outcome

    def _today(self) -> date:
        return self._now().astimezone(self._zone).date()


def _same_key(connection: Connection, spool: CardSpool) -> None:
    """The rows of ``spool`` are in the order of their hashes, and found by them."""
    if key_in_force(connection, spool.list_key) != spool.list_key:
        raise KeyChanged


def _write(writer: CardWriter, pairs: list[Pair], import_id: int) -> None:
    new = [(pair, pair.outcome.card) for pair in pairs if isinstance(pair.outcome, New | Changed)]
    writer.add((pair.spooled.card.code, pair.spooled.key, card) for pair, card in new if pair.known is None)
    writer.change(
        [
            Change(
                stored=pair.known,
                card=card,
                code=pair.spooled.card.code,
                what="imported",
                import_id=import_id,
            )
            for pair, card in new
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
