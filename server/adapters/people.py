"""People whose cards have more than one issue, or who have had more than one card: what they are in a year.

A visit keeps what the register said of its card when it was matched. Where that has changed since, what
counts is worked out here, from the register's word of today: for all of a year's visits alike, whether they
still have their card, or its pseudonym under a key that is still there.
"""

from collections.abc import Iterable
from functools import cached_property

from sqlalchemy import Connection, select

from server.adapters.issues import several_issues
from server.adapters.tables import cards
from server.adapters.years import YearKeys
from server.domain.issues import Issue, issue_of
from server.domain.keeping import person, pseudonym


class People:
    """It costs those people, and not the others."""

    def __init__(self, connection: Connection, year: int) -> None:
        self._key = YearKeys(connection).key(year)
        rows = connection.execute(select(cards.c.id, cards.c.holder).where(cards.c.holder.is_not(None)))
        self._holders: dict[int, int] = {row[0]: row[1] for row in rows}
        self._issues = {number: issue_of(issues, year) for number, issues in several_issues(connection)}

    def number(self, card: int | None, replaced: bytes | None) -> int | None:
        """Of the person's first card; ``None``: there is none, or the pseudonym is of nobody here."""
        if card is not None:
            return self._holders.get(card, card)
        return None if replaced is None else self._by_pseudonym.get(replaced)

    def token(self, who: bytes) -> bytes:
        """The same for all of a person's visits in the year."""
        return who if self._key is None else pseudonym(self._key, who)

    def issue(self, number: int | None) -> Issue | None:
        """What the year's visits belong to; ``None``: what the visit itself says is all there is."""
        return None if number is None else self._issues.get(number)

    def issues(self) -> Iterable[Issue]:
        return self._issues.values()

    @cached_property
    def _by_pseudonym(self) -> dict[bytes, int]:
        """A card that got a predecessor later had a pseudonym of its own until then."""
        if self._key is None:
            return {}
        numbers = {number: number for number in self._issues} | self._holders
        return {pseudonym(self._key, person(card)): number for card, number in numbers.items()}
