"""A person's cards erased on request: cards, history, and the codes in all of their visits, at once."""

import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_

from agent.wire.card_code import CardCode
from server.adapters.card_store import CardWriter
from server.adapters.database import Database
from server.adapters.erased import mark_erased
from server.adapters.forgetting import forget_codes, forget_letters_of
from server.adapters.matching import hold_visits
from server.adapters.record_tables import visits
from server.adapters.stored_cards import StoredCard
from server.adapters.years import YearKeys
from server.domain.desk import Erased
from server.domain.facts import Unseal

PIECE: Final = 1_000
"""Visits at a time: the ingest of others waits meanwhile."""


def forget_ahead(
    database: Database, asked: CardCode, theirs_in: Callable[[Connection], Sequence[StoredCard]]
) -> int:
    """Take the codes from the visits of a person who is to be erased; gives how many they were.

    A community card may have a hundred thousand. What an end before the last one leaves is what keeping
    leaves of any visit, so it can begin anew.
    """
    count, some = 0, PIECE
    while some == PIECE:
        begun = time.monotonic()
        with database.writing() as connection:
            hold_visits(connection, alone=True)
            where = _visits_of(asked, theirs_in(connection))
            some = len(forget_codes(connection, YearKeys(connection), where, limit=PIECE))
        count += some
        if some == PIECE:
            time.sleep(time.monotonic() - begun)  # SQLite's lock is whoever's asks at the right moment
    return count


def erase(
    connection: Connection,
    writer: CardWriter,
    asked: CardCode,
    theirs: Sequence[StoredCard],
    today: date,
    unseal: Unseal | None,
    *,
    ahead: int,
) -> Erased:
    """``theirs`` are the person's cards. Where there are none, visits with the code ``asked`` may be.

    ``ahead`` visits have no code any more.
    """
    codes = [stored.code for stored in theirs if stored.code] or [asked]
    if theirs:
        mark_erased(connection, ((stored.code, stored.id) for stored in theirs if stored.code))
        writer.erase(theirs, today)
    writer.finish()
    hold_visits(connection, alone=True)
    count, keys, where = ahead, YearKeys(connection), _visits_of(asked, theirs)
    while years := forget_codes(connection, keys, where, limit=PIECE):
        count += len(years)
    letters = forget_letters_of(connection, codes, unseal) if unseal else 0
    if not theirs and (count or letters):
        mark_erased(connection, [(asked, None)])
    return Erased(cards=len(theirs), visits=count, letters=letters)


def _visits_of(asked: CardCode, theirs: Sequence[StoredCard]) -> ColumnElement[bool]:
    if theirs:
        return visits.c.card_id.in_([stored.id for stored in theirs])
    return and_(visits.c.card_id.is_(None), visits.c.code == asked.reveal())
