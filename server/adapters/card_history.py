"""A card's history, and that of the cards whose place it took or that took its place."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Final

from sqlalchemy import Connection, func, or_, select

from server.adapters.card_steps import steps_of
from server.adapters.card_tables import card_changes, imports
from server.adapters.stored_cards import PERSON, Distributors, StoredCard, card_in, stored_cards
from server.adapters.tables import cards
from server.domain.history import Entry, entry_columns
from server.domain.register import Card
from server.domain.standing import CardStep, is_shut_here, last_day_made

_CHUNK: Final = 500
_AT_THE_DESK: Final = ("renewed", "replacement")
_GIVES_OUT: Final = ("renewed", "replacement", "reinstated")
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def person_cards(connection: Connection, names: Distributors, stored: StoredCard) -> list[StoredCard]:
    """All cards of the one who holds ``stored``, the oldest first."""
    theirs = or_(cards.c.holder == stored.person, cards.c.id == stored.person)
    return stored_cards(connection, names, theirs, order_by=cards.c.id)


def history_of(connection: Connection, names: Distributors, held: Sequence[StoredCard]) -> tuple[Entry, ...]:
    """The newest first."""
    entries = [entry for stored in reversed(held) for entry in _entries(connection, names, stored)]
    return tuple(sorted(entries, key=lambda entry: entry.at or _LONG_AGO, reverse=True))


class Here:
    """Of some cards, what the desk or a longer trial made so, and no list that stands."""

    def __init__(
        self,
        connection: Connection,
        names: Distributors,
        zone: tzinfo,
        *,
        days: Sequence[StoredCard],
        statuses: Sequence[StoredCard],
    ) -> None:
        self.lengthened_on: Final[dict[int, date]] = {}
        """When the last day was made what it is, in ``zone``."""
        steps = steps_of(connection, names, list({one.id: one for one in (*days, *statuses)}.values()))
        for stored in days:
            step, before = last_day_made(steps[stored.id]) or (None, None)
            if step and (step.what in _AT_THE_DESK or _is_longer_trial(step, before, stored.card)):
                self.lengthened_on[stored.id] = step.at.astimezone(zone).date()
        self.shut: Final = {stored.id for stored in statuses if is_shut_here(steps[stored.id])}
        """Whatever lists have made of it since, as long as none opened it."""


def _is_longer_trial(step: CardStep, before: date | None, card: Card) -> bool:
    return step.what == "trial_moved" and before is not None and before < card.valid_until


def done_here(connection: Connection, ids: Sequence[int]) -> dict[int, datetime]:
    """When each of those cards was last given out, renewed or taken back into use at the desk, if it was."""
    found: dict[int, datetime] = {}
    for some in _pieces(ids):
        rows = connection.execute(
            select(card_changes.c.card_id, func.max(card_changes.c.at))
            .where(card_changes.c.card_id.in_(some), card_changes.c.what.in_(_GIVES_OUT))
            .group_by(card_changes.c.card_id)
        )
        found |= dict(iter(rows))
    return found


def renewals(connection: Connection, people: Collection[int]) -> dict[int, datetime]:
    """When each person's card was last renewed, if it was, by the number of the first one."""
    found: dict[int, datetime] = {}
    for some in _pieces(sorted(people)):
        rows = connection.execute(
            select(PERSON, func.max(card_changes.c.at))
            .join(cards, cards.c.id == card_changes.c.card_id)
            .where(card_changes.c.what == "renewed", or_(cards.c.id.in_(some), cards.c.holder.in_(some)))
            .group_by(PERSON)
        )
        found |= dict(iter(rows))
    return found


def keys_of_people(connection: Connection, people: Collection[int]) -> dict[int, list[int]]:
    """The signed keys of all cards of each person, by the number of the first one."""
    found: dict[int, list[int]] = {number: [] for number in people}
    for some in _pieces(sorted(people)):
        theirs = or_(cards.c.id.in_(some), cards.c.holder.in_(some))
        for number, key in connection.execute(select(PERSON, cards.c.key).where(theirs)):
            found.setdefault(number, []).append(key)
    return found


def _pieces(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))


def _entries(connection: Connection, names: Distributors, stored: StoredCard) -> list[Entry]:
    """The newest first: two of the same second must not change places when they are sorted."""
    changes = (
        connection.execute(
            select(card_changes).where(card_changes.c.card_id == stored.id).order_by(card_changes.c.id)
        )
        .mappings()
        .all()
    )
    states = [_before(change, names) for change in changes] + [stored.card]
    found = []
    if not changes or changes[0]["before_revision"] is not None:
        found.append(_birth(connection, stored, changes))
    for change, before, after in zip(changes, states, states[1:], strict=False):
        found.append(
            Entry(
                at=change["at"],
                what=change["what"],
                way=change["way"],
                masked_code=_masked(stored),
                import_id=change["import_id"],
                columns=entry_columns(before, after),
            )
        )
    return found[::-1]


def _birth(connection: Connection, stored: StoredCard, changes: Sequence[Any]) -> Entry:
    """By the import whose revisions hold the card's first one."""
    first = changes[0]["before_revision"] if changes else stored.revision
    row = connection.execute(
        select(imports.c.id, imports.c.at, imports.c.way).where(
            imports.c.after_revision < first, imports.c.upto_revision >= first
        )
    ).first()
    number, at, way = row or (None, None, "")
    return Entry(at=at, what="imported", way=way, masked_code=_masked(stored), import_id=number, columns=())


def _before(change: Any, names: Distributors) -> Card | None:  # noqa: ANN401  (a row)
    return None if change["before_revision"] is None else card_in(dict(change), names)


def _masked(stored: StoredCard) -> str:
    return stored.code.masked() if stored.code else ""
