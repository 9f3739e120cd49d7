"""What becomes of an area's cards when the end of its trial changes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from server.domain.register import Card, last_day_in

Left = Literal["as it is", "own day", "begins after"]
"""Why a card keeps its last day: nothing changes or it is over; the day is not by the rule; see below."""


@dataclass(slots=True)
class TrialSet:
    """An area by the name that stands, and how many of its cards got another last day."""

    area: str
    is_new: bool
    later: int = 0
    earlier: int = 0
    own_day: int = 0
    """Cards whose last day was given for them, by a file or at the desk: they keep it."""
    begin_after: int = 0
    """Cards that were issued or renewed after the trial's new end: they keep their day, too."""

    def count(self, card: Card, outcome: "Card | Left") -> None:
        match outcome:
            case "own day":
                self.own_day += 1
            case "begins after":
                self.begin_after += 1
            case "as it is":
                pass
            case Card(valid_until=last):
                self.later += last > card.valid_until
                self.earlier += last < card.valid_until


def moved(
    card: Card, renewed_on: date | None, before: date | None, after: date | None, today: date
) -> Card | Left:
    """The card with another last day, or why it keeps its own.

    Its day is the rule's where it is what :func:`last_day_in` says of its issue or renewal and the trial's
    end ``before``. What is over is not shortened: kiosks judged by what was said then.
    """
    begins = _begins(card, filter(None, (renewed_on, card.issued_on)), before)
    if begins is None:
        return "own day"
    last = last_day_in(begins, after)
    if last == card.valid_until or (last < card.valid_until and card.valid_until < today):
        return "as it is"
    return replace(card, valid_until=last) if last >= begins else "begins after"


def _begins(card: Card, days: Iterable[date], trial_ends: date | None) -> date | None:
    """The latest of ``days`` from which the card's last day is counted, if it is by the rule."""
    by_rule = (day for day in days if card.valid_until == last_day_in(day, trial_ends))
    return max(by_rule, default=None)
