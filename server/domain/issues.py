"""Which issue of a card a visit belongs to: the one rule for what was issued and for what was used of it.

A card is issued again when a list gives it another first day, and a person's card may take the place of
another one: all of these are issues of one card in the words of the figures.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple


class Issue(NamedTuple):
    """The first day, and who issued it. A later word about the same day makes it no other issue."""

    on: date
    distributor: int


class IssueOf(NamedTuple):
    """An issue as it is kept: of the cards of one person; ``is_later`` where an earlier word may stand."""

    on: date
    card: int
    is_later: bool
    distributor: int


def issues_in(found: Iterable[IssueOf]) -> tuple[Issue, ...]:
    """A person's issues, the first ones first, each day of a card once."""
    issues: dict[tuple[date, int], Issue] = {}
    for on, card, _, distributor in sorted(found):
        issues.setdefault((on, card), Issue(on, distributor))
    return tuple(issues.values())


def issue_of(issues: Sequence[Issue], year: int) -> Issue:
    """The one that a visit in ``year`` belongs to; there must be one.

    It is the first issue of that year, also for a visit before it: the usage rate asks which of the year's
    cards were used in the year, and counts a card once. In a year without one it is the issue before, and
    before all of them the first.
    """
    own = [issue for issue in issues if issue.on.year == year]
    if own:
        return own[0]
    earlier = [issue for issue in issues if issue.on.year < year]
    return earlier[-1] if earlier else issues[0]
