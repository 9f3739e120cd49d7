"""What a card would be if no undone import had ever been."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from server.domain.history import What
from server.domain.register import Card, StoredStatus

_TOGETHER: Final = (
    ("kind",),
    ("area", "distributor"),
    ("issued_on", "valid_until"),
    ("max_children",),
    ("status",),
)


_SHUTS: Final = ("blocked", "withdrawn", "reinstated", "replaced")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardStep:
    """One change of a card; ``before`` is ``None`` where the card came into being with it."""

    before: Card | None
    after: Card
    what: What
    at: datetime
    revision: int
    import_id: int | None
    was_undone: bool
    """The import that it is of."""

    @property
    def is_block_here(self) -> bool:
        """Said by the desk, though a list may have blocked the card before."""
        return self.what in ("blocked", "replaced") and self.import_id is None


@dataclass(frozen=True, slots=True)
class Standing:
    """What an import found, and what it made of it."""

    found: Card
    made: Card


def standing(steps: Sequence[CardStep], import_id: int) -> Standing | None:
    """``None`` where the import brought the card, or did nothing to it. The oldest step is first.

    What an import found may be another import's word that was taken back since. So the steps are gone once
    more, without those of undone imports; each of the others changes what it changed then.
    """
    own = next((step for step in steps if step.import_id == import_id and step.what != "undone"), None)
    if own is None:
        return None
    if own.before is not None and not any(step.was_undone for step in steps):
        return Standing(own.before, own.after)  # as mostly, and quicker
    found = next(now for now, step, _ in _gone_once_more(steps) if step is own)
    return Standing(found, _stepped(found, own))


def as_it_was(steps: Sequence[CardStep], now: Card, revision: int) -> Card | None:
    """What the register said of the card when the list was at ``revision``; ``None`` before there was it."""
    return next((step.before for step in steps if step.revision > revision), now)


def unsaid(steps: Sequence[CardStep], import_id: int) -> set[date]:
    """First days of the card that undone imports alone have said, once this one is among them."""
    made = {
        step.after.issued_on
        for step in steps
        if (step.was_undone or step.import_id == import_id) and step.what != "undone"
        if step.before is None or step.before.issued_on != step.after.issued_on
    }
    if not made:
        return made
    left = [replace(step, was_undone=True) if step.import_id == import_id else step for step in steps]
    return made - {card.issued_on for now, _, then in _gone_once_more(left) for card in (now, then)}


def status_before_withdrawal(steps: Sequence[CardStep]) -> StoredStatus:
    """What the card was before it was withdrawn last; ``active`` where it came so."""
    found: StoredStatus = "active"
    for now, _, then in _gone_once_more(steps):
        if now.status != then.status == "withdrawn":
            found = now.status
    return found


def is_shut_here(steps: Sequence[CardStep]) -> bool:
    """Of a card that is not active: whether the desk shut it, and no list opened it since."""
    for now, step, then in reversed(list(_gone_once_more(steps))):
        if step.is_block_here:
            return True
        if now.status == then.status:
            continue
        if step.import_id is None:
            return step.what in _SHUTS
        if now.status in ("active", "undone"):  # a list that shut what was open is a list's word
            return False
    return False


def last_day_made(steps: Sequence[CardStep]) -> tuple[CardStep, date | None] | None:
    """The step that made the last day what it is, with the day before it, if there was one.

    ``None`` where the card came with it.
    """
    for now, step, then in reversed(list(_gone_once_more(steps))):
        if step.before is None or step.before.status == "undone":
            return step, None
        if now.valid_until != then.valid_until:
            return step, now.valid_until
    return None


def _gone_once_more(steps: Sequence[CardStep]) -> Iterator[tuple[Card, CardStep, Card]]:
    """Each step, with what the card would be before and after it."""
    if not steps:
        return
    changed = {step.import_id for step in steps if step.what != "undone"}
    now = steps[0].before or steps[0].after
    for step in steps:
        # An undone import that had brought the card has no other step, and the card went with it.
        stands = not step.was_undone or (step.what == "undone" and step.import_id not in changed)
        then = _stepped(now, step) if stands else now
        yield now, step, then
        now = then


def _stepped(now: Card, step: CardStep) -> Card:
    if step.before is None or step.before.status == "undone":
        return step.after
    if now.status == "undone":
        return now  # what was done to it went with the list that had brought it
    if step.what == "trial_moved" and now.area != step.before.area:
        return now  # it was in that area by an undone import alone
    new: dict[str, Any] = {}
    for names in _TOGETHER:
        values = {name: getattr(step.after, name) for name in names}
        changed = {name: value for name, value in values.items() if getattr(step.before, name) != value}
        if changed:  # a list's row says all of them, who renews a card says nothing of its first day
            new |= values if step.import_id is not None else changed
    if step.is_block_here:
        new["status"] = step.after.status
    then = replace(now, **new)
    return then if then.issued_on <= then.valid_until else now  # the day was given to another issue
