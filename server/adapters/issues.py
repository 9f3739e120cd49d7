"""The issues of cards: what each is now, and what a later list or another distributor changed of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, delete, false, or_, select, true, union_all

from server.adapters.database import insert
from server.adapters.keeping_tables import earlier_issues
from server.adapters.stored_cards import PERSON, Change, StoredCard
from server.adapters.tables import cards
from server.domain.issues import Issue, IssueOf, issues_in

_CHUNK: Final = 500
_NOW: Final = (cards.c.issued_on, cards.c.id, true().label("is_later"), cards.c.distributor_id)
_BEFORE: Final = (
    earlier_issues.c.issued_on,
    earlier_issues.c.card_id,
    false().label("is_later"),
    earlier_issues.c.distributor_id,
)
SEVERAL: Final = or_(cards.c.holder.is_not(None), cards.c.id.in_(select(earlier_issues.c.card_id)))
"""Cards whose person may have more than one issue."""


def note_issues(connection: Connection, changes: Sequence[Change]) -> None:
    """An undone import takes back what it had moved."""
    back = [change.stored.id for change in changes if change.what == "undone"]
    if back:
        connection.execute(
            delete(earlier_issues).where(
                earlier_issues.c.card_id.in_(back), earlier_issues.c.import_id == changes[0].import_id
            )
        )
    moved = [
        change
        for change in changes
        if _moves(change) and "undone" not in (change.what, change.stored.card.status)
    ]
    if moved:
        connection.execute(
            insert(connection, earlier_issues).on_conflict_do_nothing(),
            [
                {
                    "card_id": change.stored.id,
                    "issued_on": change.stored.card.issued_on,
                    "distributor_id": change.stored.distributor_id,
                    "import_id": change.import_id,
                }
                for change in moved
            ],
        )


def forget_issues(connection: Connection, days: Mapping[int, Collection[date]]) -> None:
    """Earlier issues of cards, by their first days: nobody has said them."""
    gone = [{"of": card, "day": day} for card, theirs in days.items() for day in theirs]
    if gone:
        one = (earlier_issues.c.card_id == bindparam("of"), earlier_issues.c.issued_on == bindparam("day"))
        connection.execute(delete(earlier_issues).where(*one), gone)


def _moves(change: Change) -> bool:
    before, after = change.stored.card, change.card
    return (before.issued_on, before.area, before.distributor) != (
        after.issued_on,
        after.area,
        after.distributor,
    )


def blur_issues(connection: Connection, theirs: Sequence[StoredCard]) -> dict[int, date]:
    """Of a person's issues leave the years and their order, and no more; by card, the day of its row."""
    ids = [stored.id for stored in theirs]
    mine = earlier_issues.c.card_id.in_(ids)
    rows = connection.execute(select(earlier_issues).where(mine)).mappings().all()
    days = _blurred([*(row["issued_on"] for row in rows), *(stored.card.issued_on for stored in theirs)])
    if rows:
        connection.execute(delete(earlier_issues).where(mine))
        connection.execute(
            earlier_issues.insert(), [dict(row) | {"issued_on": days[row["issued_on"]]} for row in rows]
        )
    return {stored.id: days[stored.card.issued_on] for stored in theirs}


def _blurred(days: Iterable[date]) -> dict[date, date]:
    """The first of a year becomes its first day, the next one the day after."""
    return {
        day: date(year, 1, 1) + timedelta(days=number)
        for year, of_year in groupby(sorted(set(days)), key=lambda day: day.year)
        for number, day in enumerate(of_year)
    }


def issues_of(connection: Connection, people: Collection[int]) -> dict[int, tuple[Issue, ...]]:
    """By the number of a person's first card."""
    asked = sorted(people)
    found: dict[int, tuple[Issue, ...]] = {}
    for some in (asked[at : at + _CHUNK] for at in range(0, len(asked), _CHUNK)):
        found |= dict(_issues(connection, or_(cards.c.id.in_(some), cards.c.holder.in_(some))))
    return found


def several_issues(connection: Connection) -> Iterator[tuple[int, tuple[Issue, ...]]]:
    """Of all people whose cards say more than one thing about it."""
    return _issues(connection, SEVERAL)


def _issues(connection: Connection, where: Any) -> Iterator[tuple[int, tuple[Issue, ...]]]:  # noqa: ANN401
    there = cards.c.status != "undone"
    now: Select[Any] = select(PERSON.label("person"), *_NOW).where(where, there)
    before: Select[Any] = (
        select(PERSON.label("person"), *_BEFORE)
        .join(cards, cards.c.id == earlier_issues.c.card_id)
        .where(where, there)
    )
    rows = connection.execute(union_all(now, before).order_by("person"))
    for number, theirs in groupby(rows, key=lambda row: row[0]):
        yield number, issues_in(IssueOf(*row[1:]) for row in theirs)
