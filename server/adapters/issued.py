"""How many cards were issued in a year: as the register says, or as it said when the year was locked."""

from collections import Counter
from datetime import date

from sqlalchemy import Connection, func, not_, select

from server.adapters.issues import SEVERAL
from server.adapters.keeping_tables import locked_issues
from server.adapters.people import People
from server.adapters.tables import cards


def issued_in(connection: Connection, year: int, people: People) -> Counter[int]:
    """A person's cards are issued once in a year."""
    then = cards.c.issued_on.between(date(year, 1, 1), date(year, 12, 31)) & (cards.c.status != "undone")
    alone = connection.execute(
        select(cards.c.distributor_id, func.count())
        .where(then, not_(SEVERAL))
        .group_by(cards.c.distributor_id)
    )
    found = Counter({number: int(count) for number, count in alone})
    found.update(issue.distributor for issue in people.issues() if issue.on.year == year)
    return found


def write_down_issued(connection: Connection, year: int, people: People) -> None:
    """Who was used of them is settled with the lock, so how many there were must not move afterwards."""
    rows = [
        {"year": year, "distributor_id": number, "issued": count}
        for number, count in issued_in(connection, year, people).items()
        if count
    ]
    if rows:
        connection.execute(locked_issues.insert(), rows)


def issued_at_lock(connection: Connection, year: int) -> Counter[int]:
    rows = connection.execute(
        select(locked_issues.c.distributor_id, locked_issues.c.issued).where(locked_issues.c.year == year)
    )
    return Counter({number: int(count) for number, count in rows})
