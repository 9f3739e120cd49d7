"""Visits without their code, dated into another year: their pseudonym was under the first one's key."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from server.adapters.issues import issues_of
from server.adapters.stored_cards import PERSON
from server.adapters.tables import cards
from server.adapters.years import YearKeys
from server.domain.issues import issue_of
from server.domain.keeping import person, pseudonym
from server.domain.register import FORGOTTEN

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
