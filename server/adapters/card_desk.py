"""One card at a time: looked up, blocked, renewed, replaced. Each change has its revision, and is kept."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, tzinfo

from sqlalchemy import Connection

from agent.wire.card_code import CardCode
from agent.wire.card_key import ListKey
from agent.wire.signed import signed
from server.adapters.card_history import history_of, person_cards
from server.adapters.card_steps import steps_of
from server.adapters.card_store import CardWriter
from server.adapters.database import Database
from server.adapters.erasing import erase, forget_ahead
from server.adapters.fleet_state import key_in_force
from server.adapters.replacing import take_its_place
from server.adapters.stored_cards import Change, Distributors, StoredCard, stored_by_key, trials_of
from server.adapters.years import tidy
from server.domain import desk
from server.domain.desk import CardRefused, CardView, Erased
from server.domain.facts import Unseal
from server.domain.history import Way, What
from server.domain.register import FORGOTTEN, Card
from server.domain.standing import is_shut_here, status_before_withdrawal


class StoredDesk:
    """Each call is one transaction, and raises :class:`CardRefused` where the card stays as it is.

    ``changed`` is called after each commit: the kiosks are to hear of it.
    """

    def __init__(
        self,
        database: Database,
        first_key: ListKey,
        pattern: re.Pattern[str],
        zone: tzinfo,
        now: Callable[[], datetime],
        changed: Callable[[], None] = lambda: None,
        *,
        unseal: Unseal | None = None,
    ) -> None:
        """``unseal`` finds an erased card's code in records that could not be read, too."""
        self._database = database
        self._first_key = first_key
        self._pattern = pattern
        self._zone = zone
        self._now = now
        self._changed = changed
        self._unseal = unseal

    def find(self, code: str) -> CardView:
        with self._database.reading() as connection:
            names = Distributors(connection)
            return _view(connection, names, self._found(connection, names, self._read(code)))

    def block(self, code: str, way: Way) -> CardView:
        def blocked(connection: Connection, names: Distributors, stored: StoredCard) -> Card:
            return desk.block(stored.card, is_shut_here=_is_shut_here(connection, names, stored))

        return self._change(code, way, "blocked", blocked)

    def unblock(self, code: str, way: Way) -> CardView:
        def unblocked(_: Connection, __: Distributors, stored: StoredCard) -> Card:
            return desk.unblock(stored.card, is_replaced=stored.replaced_by is not None)

        return self._change(code, way, "unblocked", unblocked)

    def withdraw(self, code: str, way: Way) -> CardView:
        return self._change(code, way, "withdrawn", lambda _, __, stored: desk.withdraw(stored.card))

    def reinstate(self, code: str, way: Way) -> CardView:
        def reinstated(connection: Connection, names: Distributors, stored: StoredCard) -> Card:
            before = status_before_withdrawal(steps_of(connection, names, [stored])[stored.id])
            return desk.reinstate(stored.card, before, is_replaced=stored.replaced_by is not None)

        return self._change(code, way, "reinstated", reinstated)

    def renew(self, code: str, until: date | None, way: Way) -> CardView:
        """Twelve months from today on, today counted, where ``until`` is not given."""

        def renewed(connection: Connection, _: Distributors, stored: StoredCard) -> Card:
            return desk.renew(stored.card, self._today(), until, trials_of(connection))

        return self._change(code, way, "renewed", renewed)

    def erase(self, code: str, way: Way) -> Erased:
        """Forget a person: all of their cards, with their history and the codes of their visits."""
        wanted = self._read(code)

        def theirs_in(connection: Connection) -> list[StoredCard]:
            return self._of_person(connection, Distributors(connection), wanted)

        ahead = forget_ahead(self._database, wanted, theirs_in)
        with self._changing() as connection:
            writer = CardWriter(connection, self._now(), way)
            theirs = self._of_person(connection, writer.names, wanted)
            erased = erase(connection, writer, wanted, theirs, self._today(), self._unseal, ahead=ahead)
        if not (erased.cards or erased.visits or erased.letters):
            raise CardRefused("not_found")
        tidy(self._database)
        return erased

    def replace(self, code: str, new_code: str, way: Way) -> CardView:
        """The lost card is blocked, and the new one has all that it had. Gives the new one.

        A new one that a list brought already has what the list says.
        """
        old, new = self._read(code), self._read(new_code)
        if old == new:
            raise CardRefused("same_code")
        with self._changing() as connection:
            writer = CardWriter(connection, self._now(), way)
            lost = self._found(connection, writer.names, old)
            take_its_place(connection, writer, lost, new, self._key(connection, new))
            writer.finish()
            return _view(connection, writer.names, self._found(connection, writer.names, new))

    def _change(
        self,
        code: str,
        way: Way,
        what: What,
        changed: Callable[[Connection, Distributors, StoredCard], Card],
    ) -> CardView:
        wanted = self._read(code)
        with self._changing() as connection:
            writer = CardWriter(connection, self._now(), way)
            stored = self._found(connection, writer.names, wanted)
            card = changed(connection, writer.names, stored)
            writer.change([Change(stored=stored, card=card, code=stored.code, what=what)])
            writer.finish()
            return _view(connection, writer.names, self._found(connection, writer.names, wanted))

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        with self._database.writing() as connection:
            yield connection
        self._changed()

    def _today(self) -> date:
        return self._now().astimezone(self._zone).date()

    def _read(self, text: str) -> CardCode:
        """As a person types it: with spaces, or in small letters."""
        typed = "".join(text.split())
        for attempt in (typed, typed.upper()):
            if code := CardCode.parse(attempt, self._pattern):
                return code
        raise CardRefused("no_code")

    def _found(self, connection: Connection, names: Distributors, code: CardCode) -> StoredCard:
        key = self._key(connection, code)
        stored = stored_by_key(connection, names, [key]).get(key)
        if stored is None or stored.card.status in ("undone", *FORGOTTEN):
            raise CardRefused("not_found")
        return stored

    def _of_person(self, connection: Connection, names: Distributors, code: CardCode) -> list[StoredCard]:
        """All cards of whoever holds this one that are still there."""
        key = self._key(connection, code)
        known = stored_by_key(connection, names, [key]).get(key)
        theirs = [] if known is None else person_cards(connection, names, known)
        return [stored for stored in theirs if stored.code]

    def _key(self, connection: Connection, code: CardCode) -> int:
        return signed(key_in_force(connection, self._first_key).card_key(code))


def _is_shut_here(connection: Connection, names: Distributors, stored: StoredCard) -> bool:
    if stored.card.status == "active":
        return False
    return is_shut_here(steps_of(connection, names, [stored])[stored.id])


def _view(connection: Connection, names: Distributors, stored: StoredCard) -> CardView:
    held = person_cards(connection, names, stored)
    return CardView(
        masked_code=stored.code.masked() if stored.code else "",
        card=stored.card,
        is_replaced=stored.replaced_by is not None,
        is_shut_here=_is_shut_here(connection, names, stored),
        holder_cards=len(held),
        history=history_of(connection, names, held),
    )
