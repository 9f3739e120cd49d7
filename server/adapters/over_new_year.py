"""Visits dated into another year: their pseudonym was under the first one's key, or their code has to go."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, select

from server.adapters.forgetting import forget_codes
from server.adapters.issues import issues_of
from server.adapters.record_tables import visits
from server.adapters.stored_cards import PERSON
from server.adapters.tables import cards
from server.adapters.visit_rows import change_visits
from server.adapters.years import YearKeys
from server.domain.issues import issue_of
from server.domain.keeping import person, pseudonym
from server.domain.register import FORGOTTEN

_CHUNK: Final = 500

Change = tuple[Mapping[str, Any], dict[str, Any]]


def with_pseudonym_of_new_day(connection: Connection, changes: Sequence[Change]) -> list[Change]:
    """Each visit as it stands, and what becomes of it, its new day among it.

    Whose card was erased is the same person in the new year. Of anybody else, whose code has had its time or
    was never in the register, nobody can tell; so it is a visit of nobody, and no person of its own.
    """
    if not changes:
        return []
    keys, tokens = YearKeys(connection), dict[tuple[int, bytes], int]()
    erased = list(connection.scalars(select(PERSON).where(cards.c.status.in_(FORGOTTEN)).distinct()))
    for year in {row["day"].year for row, _ in changes}:
        if (key := keys.key(year)) is not None:
            tokens |= {(year, pseudonym(key, person(number))): number for number in erased}
    whose = [tokens.get((row["day"].year, row["pseudonym"])) for row, _ in changes]
    issues = issues_of(connection, {number for number in whose if number is not None})
    found: list[Change] = []
    for (row, new), number in zip(changes, whose, strict=True):
        year = new["day"].year
        if number is None:
            bearer = {"pseudonym": None, "distributor_id": row["distributor_id"], "issued_year": None}
        else:
            issue = issue_of(issues[number], year)
            bearer = {
                "pseudonym": keys.pseudonym(year, person(number)),
                "distributor_id": issue.distributor,
                "issued_year": year if issue.on.year == year else None,
            }
        found.append((row, new | bearer))
    return found


def into_locked_years(connection: Connection, keys: YearKeys, changes: Sequence[Change]) -> None:
    """Visits with their code, dated into years that are locked, become what they had come as then."""
    for some in (changes[at : at + _CHUNK] for at in range(0, len(changes), _CHUNK)):
        theirs = cards.c.id.in_({row["card_id"] for row, _ in some} - {None})
        whose = {row[0]: row[1] for row in connection.execute(select(cards.c.id, PERSON).where(theirs))}
        issues = issues_of(connection, set(whose.values()))
        found: list[Change] = []
        for row, new in some:
            bearer = {name: row[name] for name in ("distributor_id", "issued_year")}
            if row["card_id"] is not None:
                issue = issue_of(issues[whose[row["card_id"]]], new["day"].year)
                bearer = {"distributor_id": issue.distributor, "issued_year": issue.on.year}
            found.append((row, new | bearer))
        change_visits(connection, found)
        numbers = [row["record_id"] for row, _ in some]
        forget_codes(connection, keys, visits.c.record_id.in_(numbers), limit=len(numbers))
