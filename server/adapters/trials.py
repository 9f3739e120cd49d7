"""The end of an area's trial, and with it the last days of its cards, in one transaction."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, tzinfo

from sqlalchemy import ColumnElement, Connection, select, update

from server.adapters.card_history import renewals
from server.adapters.card_store import CHUNK_ROWS, CardWriter
from server.adapters.database import Database
from server.adapters.places import PlaceError, area_id, area_named
from server.adapters.stored_cards import Change, Distributors, StoredCard, stored_cards, trials_of
from server.adapters.tables import areas, cards, distributors
from server.domain.history import Way
from server.domain.names import MAX_NAME_CHARS, as_written, is_name, same_name
from server.domain.register import Card
from server.domain.trials import TrialSet, moved

_THERE = ("active", "blocked", "withdrawn")


class Trials:
    """Each call is one transaction."""

    def __init__(self, database: Database, zone: tzinfo, now: Callable[[], datetime]) -> None:
        """``zone`` says what day it is, and on which day a card was renewed."""
        self._database = database
        self._zone = zone
        self._now = now

    def preview(self, area: str, ends: date | None) -> TrialSet:
        """What :meth:`set` would do now. Raises :class:`PlaceError`."""
        area = _name(area)
        with self._database.reading() as connection:
            stands = area_named(connection, area)
            result = TrialSet(stands or area, stands is None)
            for _ in self._moved(connection, Distributors(connection), result, ends):
                pass
        return result

    def set(self, area: str, ends: date | None, way: Way) -> TrialSet:
        """``None`` ends the trial: cards are valid for their twelve months. Raises :class:`PlaceError`."""
        area = _name(area)
        with self._database.writing() as connection:
            writer = CardWriter(connection, self._now(), way)
            stands = area_named(connection, area)
            result = TrialSet(stands or area, stands is None)
            for changes in self._moved(connection, writer.names, result, ends):
                writer.change(changes)
            writer.finish()
            identifier = area_id(connection, area)
            said = {"trial_ends": ends, "trial_set_at": self._now()}
            another = areas.c.trial_ends.is_distinct_from(ends)
            connection.execute(update(areas).where(areas.c.id == identifier, another).values(said))
        return result

    def _moved(
        self, connection: Connection, names: Distributors, result: TrialSet, ends: date | None
    ) -> Iterator[list[Change]]:
        before = trials_of(connection).get(result.area)
        today = self._now().astimezone(self._zone).date()
        for chunk in _cards_of(connection, names, result.area):
            renewed = renewals(connection, {stored.person for stored in chunk})
            changes = []
            for stored in chunk:
                at = renewed.get(stored.person)
                on = at.astimezone(self._zone).date() if at else None
                outcome = moved(stored.card, on, before, ends, today)
                result.count(stored.card, outcome)
                if isinstance(outcome, Card):
                    changes.append(Change(stored=stored, card=outcome, code=stored.code, what="trial_moved"))
            yield changes


def _cards_of(connection: Connection, names: Distributors, area: str) -> Iterator[list[StoredCard]]:
    """A chunk at a time, by distributor."""
    theirs = (
        select(distributors.c.id)
        .join(areas, areas.c.id == distributors.c.area_id)
        .where(areas.c.folded == same_name(area))
    )
    for distributor in connection.scalars(theirs.order_by(distributors.c.id)).all():
        after: tuple[ColumnElement[bool], ...] = ()
        while chunk := stored_cards(
            connection, names, cards.c.distributor_id == distributor, *after, limit=CHUNK_ROWS
        ):
            after = (cards.c.key > chunk[-1].key,)
            yield [stored for stored in chunk if stored.card.status in _THERE]


def _name(area: str) -> str:
    written = as_written(area)
    if not is_name(written):
        raise PlaceError(f"Names of areas have 1 to {MAX_NAME_CHARS} characters.")
    return written
