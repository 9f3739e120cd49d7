"""Visits and the register's cards, brought together: as a visit comes in, and as the register changes.

A visit is matched where the register has a card of its code. Ingest holds the *visits' lock* until the
commit, shared, and whoever changes which cards there are takes it alone: so no visit falls between an ingest
that did not see the card yet and an import that did not see the visit. Who takes codes out of visits, or a
year's key away, takes it alone, too.
"""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Connection, Integer, Row, and_, case, extract, func, or_, select, text, update

from server.adapters.record_tables import visits
from server.adapters.rollups import add_to_rollups
from server.adapters.tables import cards
from server.domain.matching import Matched
from server.domain.visits import RollupKey, Tally, add_up

_LOCK: Final = 7_312_065_402
"""PostgreSQL's advisory lock; SQLite has one writer at a time."""
_KEY: Final = (visits.c.day, visits.c.venue_id, visits.c.hour, visits.c.kind, visits.c.kiosk_id)
# In the very words of its index, and with a bound on it: SQLite would else take another index, or read all.
_UNMATCHED: Final = and_(visits.c.card_id.is_(None), visits.c.code.is_not(None), visits.c.code > "")
_TELLS: Final = and_(visits.c.counted, or_(visits.c.unlisted, visits.c.verdict == "unchecked"))
"""What the figures are changed by."""


def hold_visits(connection: Connection, *, alone: bool) -> None:
    if connection.dialect.name == "postgresql":
        shared = "" if alone else "_shared"
        connection.execute(text(f"SELECT pg_advisory_xact_lock{shared}(:lock)"), {"lock": _LOCK})


def match(connection: Connection) -> Matched:
    """Give the visits without a card the one that the register has by now. It costs the unmatched visits.

    The left join has them read first, and the cards by their codes, whatever the planner thinks of both.
    """
    hold_visits(connection, alone=True)
    joined = visits.outerjoin(cards, cards.c.code == visits.c.code)
    refused = or_(
        visits.c.day < cards.c.issued_on,
        visits.c.day > cards.c.valid_until,
        cards.c.status.in_(("blocked", "withdrawn")),
    )
    told = and_(_TELLS, cards.c.id.is_not(None))
    said = connection.execute(
        select(
            func.coalesce(func.sum(case((told, 1), else_=0)), 0),
            func.count(case((told, cards.c.id)).distinct()),
            func.coalesce(func.sum(case((and_(told, refused), 1), else_=0)), 0),
            func.count(cards.c.id),
        )
        .select_from(joined)
        .where(_UNMATCHED)
    ).one()
    count, of_cards, would_be_refused, any_at_all = map(int, said)
    if not any_at_all:
        return Matched()
    new_kind = case((visits.c.unlisted, cards.c.kind), else_=visits.c.kind)
    moved = connection.execute(
        select(*_KEY, new_kind, *_sums())
        .select_from(joined)
        .where(_UNMATCHED, _TELLS, cards.c.id.is_not(None))
        .group_by(*_KEY, new_kind)
    ).all()
    theirs = select(cards.c.id).where(cards.c.code == visits.c.code)
    connection.execute(
        update(visits)
        .where(_UNMATCHED, theirs.exists())
        .values(
            card_id=theirs.scalar_subquery(),
            distributor_id=theirs.with_only_columns(cards.c.distributor_id).scalar_subquery(),
            issued_year=theirs.with_only_columns(
                extract("year", cards.c.issued_on).cast(Integer)
            ).scalar_subquery(),
            kind=case(
                (visits.c.unlisted, theirs.with_only_columns(cards.c.kind).scalar_subquery()),
                else_=visits.c.kind,
            ),
        )
    )
    _move(connection, moved, to_matched=True)
    return Matched(visits=count, cards=of_cards, refused=would_be_refused)


def unmatch(connection: Connection, after_revision: int) -> None:
    """Take their card from the visits of cards that were undone under revisions after this one."""
    hold_visits(connection, alone=True)
    undone = select(cards.c.id).where(cards.c.revision > after_revision, cards.c.status == "undone")
    theirs = visits.c.card_id.in_(undone)
    new_kind = case((visits.c.unlisted, "unknown"), else_=visits.c.kind)
    moved = connection.execute(
        select(*_KEY, new_kind, *_sums()).where(theirs, _TELLS).group_by(*_KEY, new_kind)
    ).all()
    connection.execute(
        update(visits)
        .where(theirs)
        .values(card_id=None, distributor_id=None, issued_year=None, kind=new_kind)
    )
    _move(connection, moved, to_matched=False)


def _sums() -> tuple[Any, ...]:
    """In the order of :class:`Tally`, without its last: how many of the unchecked are matched."""
    one = visits.c
    return (
        func.count(),
        func.sum(one.adults),
        func.sum(func.coalesce(one.children, 0)),
        func.sum(one.assistants),
        func.sum(case((one.children.is_(None), 1), else_=0)),
        func.sum(case((one.verdict == "unchecked", 1), else_=0)),
        func.sum(case((one.verdict == "by_hand", 1), else_=0)),
        func.sum(case((one.quality == "bounded", 1), else_=0)),
    )


def _move(connection: Connection, moved: Collection[Row[*tuple[Any, ...]]], *, to_matched: bool) -> None:
    """The totals go along, from one kind to the other."""
    parts: list[tuple[RollupKey, Tally]] = []
    for day, venue, hour, kind, kiosk, new_kind, *sums in moved:
        alone = Tally(*map(int, sums))
        with_card = alone._replace(matched=alone.unchecked)
        before, after = (alone, with_card) if to_matched else (with_card, alone)
        parts += [
            (RollupKey(day, venue, hour, kind, kiosk), before.negated()),
            (RollupKey(day, venue, hour, new_kind, kiosk), after),
        ]
    add_to_rollups(connection, add_up(parts))
