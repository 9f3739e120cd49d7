"""Cards that a later list issued anew: they were issued in the earlier year, too."""

from collections.abc import Sequence

from sqlalchemy import Connection, Integer, delete, extract, not_, or_, select, update

from server.adapters.database import insert
from server.adapters.keeping_tables import earlier_issues
from server.adapters.matching import hold_visits
from server.adapters.stored_cards import Change
from server.adapters.tables import cards, visits


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
        if _changes_year(change) and "undone" not in (change.what, change.stored.card.status)
    ]
    if not moved:
        return
    connection.execute(
        insert(connection, earlier_issues).on_conflict_do_nothing(),
        [
            {
                "card_id": change.stored.id,
                "year": change.stored.card.issued_on.year,
                "distributor_id": change.stored.distributor_id,
                "kind": change.stored.card.kind,
                "import_id": change.import_id,
            }
            for change in moved
        ],
    )


def settle_issues(connection: Connection, after_revision: int) -> None:
    """Bring visits of cards that were changed under later revisions to the years that these were issued in.

    A list comes after the cards that it issues anew, so the year's first visits with them came in under the
    year before; and what an undone import had issued was not. A distributor's figures are of its own cards:
    visits of a card that changed hands stay as they were.
    """
    hold_visits(connection, alone=True)
    then = extract("year", visits.c.day).cast(Integer)
    issued_in = extract("year", cards.c.issued_on).cast(Integer)
    earlier = select(earlier_issues.c.card_id).where(
        earlier_issues.c.card_id == cards.c.id,
        earlier_issues.c.year == then,
        earlier_issues.c.distributor_id == visits.c.distributor_id,
    )
    changed = select(cards.c.id).where(
        cards.c.revision > after_revision, cards.c.status.not_in(("undone", "gone"))
    )
    card = select(issued_in).where(cards.c.id == visits.c.card_id).correlate(visits)
    its_own = cards.c.distributor_id == visits.c.distributor_id
    is_issued = or_(issued_in == then, earlier.correlate(cards, visits).exists())
    of_changed = visits.c.card_id.in_(changed)
    connection.execute(
        update(visits)
        .where(of_changed, visits.c.issued_year != then, card.where(its_own, is_issued).exists())
        .values(issued_year=then)
    )
    connection.execute(
        update(visits)
        .where(of_changed, visits.c.issued_year == then, card.where(not_(is_issued)).exists())
        .values(issued_year=card.scalar_subquery())
    )


def moves_issues(changes: Sequence[Change]) -> bool:
    """Whether :func:`settle_issues` has anything to do."""
    return any(map(_changes_year, changes))


def _changes_year(change: Change) -> bool:
    return change.stored.card.issued_on.year != change.card.issued_on.year
