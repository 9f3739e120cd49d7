"""A person's cards erased on request: cards, history, and the codes in all of their visits, at once."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_

from agent.wire.card_code import CardCode
from server.adapters.card_store import CardWriter
from server.adapters.erased import mark_erased
from server.adapters.forgetting import forget_codes, forget_letters_of
from server.adapters.matching import hold_visits
from server.adapters.stored_cards import StoredCard
from server.adapters.tables import visits
from server.adapters.years import YearKeys
from server.domain.desk import Erased
from server.domain.facts import Unseal

_PIECE: Final = 1_000


def erase(
    connection: Connection,
    writer: CardWriter,
    asked: CardCode,
    theirs: Sequence[StoredCard],
    today: date,
    unseal: Unseal | None,
) -> Erased:
    """``theirs`` are the person's cards. Where there are none, visits with the code ``asked`` may be."""
    codes = [stored.code for stored in theirs if stored.code] or [asked]
    if theirs:
        mark_erased(connection, ((stored.code, stored.id) for stored in theirs if stored.code))
        writer.erase(theirs, today)
    writer.finish()
    hold_visits(connection, alone=True)
    count, keys, where = 0, YearKeys(connection), _visits_of(asked, theirs)
    while years := forget_codes(connection, keys, where, limit=_PIECE):
        count += len(years)
    letters = forget_letters_of(connection, codes, unseal) if unseal else 0
    if not theirs and (count or letters):
        mark_erased(connection, [(asked, None)])
    return Erased(cards=len(theirs), visits=count, letters=letters)


def _visits_of(asked: CardCode, theirs: Sequence[StoredCard]) -> ColumnElement[bool]:
    if theirs:
        return visits.c.card_id.in_([stored.id for stored in theirs])
    return and_(visits.c.card_id.is_(None), visits.c.code == asked.reveal())
