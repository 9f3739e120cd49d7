"""All that was done to cards, step by step, each with what came of it."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from server.adapters.card_tables import card_changes, imports
from server.adapters.stored_cards import Distributors, StoredCard, card_in
from server.domain.standing import CardStep


def steps_of(
    connection: Connection, names: Distributors, theirs: Sequence[StoredCard]
) -> dict[int, list[CardStep]]:
    """By the card's number, the oldest first."""
    if not theirs:
        return {}
    after = {stored.id: stored.card for stored in theirs}
    steps: dict[int, list[CardStep]] = {number: [] for number in after}
    rows = connection.execute(
        select(card_changes, imports.c.undone_at)
        .outerjoin(imports, imports.c.id == card_changes.c.import_id)
        .where(card_changes.c.card_id.in_(after))
        .order_by(card_changes.c.id.desc())
    ).mappings()
    for row in rows:
        card = row["card_id"]
        before = None if row["before_revision"] is None else card_in(dict(row), names)
        steps[card].append(
            CardStep(
                before=before,
                after=after[card],
                what=row["what"],
                at=row["at"],
                revision=row["revision"],
                import_id=row["import_id"],
                was_undone=row["undone_at"] is not None,
            )
        )
        if before is not None:
            after[card] = before
    return {number: found[::-1] for number, found in steps.items()}
