"""What the cards of an undone import are held against that is not their own history."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, FromClause, func, or_, select

from server.adapters.card_tables import card_changes
from server.adapters.keeping_tables import visits_forgotten
from server.adapters.tables import areas, cards, distributors
from server.domain.undoing import UndoRefused

_UNDONE: Final = card_changes.join(cards, cards.c.id == card_changes.c.card_id)
"""A change has what the card was before it."""
_ANOTHER_ISSUE: Final = or_(
    cards.c.status == "undone",
    cards.c.issued_on != card_changes.c.issued_on,
    cards.c.distributor_id != card_changes.c.distributor_id,
)


def hold_against_the_rest(connection: Connection, found: Mapping[str, Any], first: int) -> None:
    """Of the import ``found``, undone under revisions after ``first``. Raises :class:`UndoRefused`.

    Whoever asks has the visits' lock. Visits whose codes have gone would stay with what the import had made
    of their card; and a last day that comes back may be of a trial that ends another day by now.
    """
    undone = (card_changes.c.import_id == found["id"], card_changes.c.revision > first)
    with_visits = _UNDONE.join(visits_forgotten, visits_forgotten.c.card_id == cards.c.id)
    if count := _count(connection, with_visits, *undone, _ANOTHER_ISSUE):
        raise UndoRefused("forgotten", found["id"], count)
    moved = select(distributors.c.id).join(areas).where(areas.c.trial_set_at > found["at"])
    comes_back = or_(
        cards.c.distributor_id != card_changes.c.distributor_id,
        cards.c.valid_until != card_changes.c.valid_until,
    )
    if count := _count(connection, _UNDONE, *undone, comes_back, cards.c.distributor_id.in_(moved)):
        raise UndoRefused("trial", found["id"], count)


def _count(connection: Connection, of: FromClause, *where: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(of).where(*where)).scalar_one()
