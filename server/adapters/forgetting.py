"""Codes out of visits and out of the records behind them; what identifies a record stays, its digest."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, select, update

from agent.wire.card_code import CardCode
from server.adapters.database import insert
from server.adapters.issues import issues_of
from server.adapters.keeping_tables import visits_forgotten
from server.adapters.record_tables import records, visits
from server.adapters.stored_cards import PERSON
from server.adapters.tables import cards
from server.adapters.visit_rows import bearer_in, bearer_row
from server.adapters.years import CODED, YearKeys
from server.domain.facts import Unseal
from server.domain.forgetting import sealed_in, without_code
from server.domain.issues import Issue, issue_of
from server.domain.keeping import person, stranger

_NAMES: Final = ("kind", "code", "pseudonym", "card_id", "distributor_id", "issued_year", "unlisted")
_VISITS: Final = (
    update(visits)
    .where(visits.c.record_id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in _NAMES})
)
_RECORDS: Final = update(records).where(records.c.id == bindparam("of")).values(body=bindparam("kept"))
# A letter without its body was forgotten before; the second half is the partial index's own condition.
LETTERS: Final = and_(
    records.c.state == "refused", records.c.state != "stored", func.length(records.c.body) > 0
)


def forget_codes(
    connection: Connection, keys: YearKeys, *where: ColumnElement[bool], limit: int
) -> list[int]:
    """Of the first visits that have a code and of which ``where`` is true; gives their years."""
    rows = connection.execute(_coded(*where).limit(limit)).mappings().all()
    if not rows:
        return []
    years = [row["day"].year for row in rows]
    issues = issues_of(connection, {row["person"] for row in rows} - {None})
    changes = [
        {"of": row["record_id"]}
        | {f"new_{name}": value for name, value in _forgotten(keys, dict(row), issues).items()}
        for row in rows
    ]
    connection.execute(_VISITS, changes)
    note_forgotten(connection, {row["card_id"] for row in rows} - {None})
    bodies = [
        {"of": row["record_id"], "kept": without_code(row["body"])} for row in rows if row["type"] == "scan/1"
    ]
    if bodies:
        connection.execute(_RECORDS, bodies)
    return years


def note_forgotten(connection: Connection, card_ids: Collection[int]) -> None:
    """From now on nobody can tell which visits would go with these cards."""
    if card_ids:
        new = insert(connection, visits_forgotten).on_conflict_do_nothing()
        connection.execute(new, [{"card_id": card} for card in sorted(card_ids)])


def has_forgotten_visits(connection: Connection, card_id: int) -> bool:
    found = connection.scalar(select(visits_forgotten.c.card_id).where(visits_forgotten.c.card_id == card_id))
    return found is not None


def forget_letters(connection: Connection, before: datetime) -> int:
    """Dead letters that came before: what nobody could read all that time goes whole."""
    old = and_(LETTERS, records.c.received_at < before)
    return connection.execute(update(records).where(old).values(body=b"")).rowcount


def forget_letters_of(connection: Connection, codes: Sequence[CardCode], unseal: Unseal) -> int:
    """Dead letters with one of these codes, as far as their seal can be opened."""
    wanted = set(codes)
    rows = connection.execute(select(records.c.id, records.c.body).where(LETTERS)).all()
    theirs = [number for number, body in rows if sealed_in(body, unseal) in wanted]
    if theirs:
        connection.execute(_RECORDS, [{"of": number, "kept": b""} for number in theirs])
    return len(theirs)


def _coded(*where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    columns = (visits.c.record_id, visits.c.day, *(visits.c[name] for name in _NAMES))
    return (
        select(
            *columns,
            records.c.type,
            records.c.body,
            PERSON.label("person"),
        )
        .join(records, records.c.id == visits.c.record_id)
        .outerjoin(cards, cards.c.id == visits.c.card_id)
        .where(CODED, *where)
    )


def _forgotten(
    keys: YearKeys, row: Mapping[str, Any], issues: Mapping[int, tuple[Issue, ...]]
) -> dict[str, Any]:
    """With the register's last word on the card's issue: an import may have been undone since."""
    bearer, year, number = bearer_in(row), row["day"].year, row["person"]
    if number is None:
        return bearer_row(keys.without_code(bearer, year, stranger(CardCode(row["code"]))))
    issue = issue_of(issues[number], year)
    bearer = replace(bearer, distributor=issue.distributor, issued_year=issue.on.year)
    return bearer_row(keys.without_code(bearer, year, person(number)))
