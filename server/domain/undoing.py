"""What an undone import leaves of a card, and why an import cannot be undone."""

from dataclasses import replace
from typing import Literal

from agent.told import ToldError
from server.domain.register import Card

UndoFault = Literal["unknown", "already", "touched"]


class UndoRefused(ToldError):  # noqa: N818  (what happened)
    def __init__(self, name: UndoFault, import_id: int, cards: int = 0) -> None:
        self.name, self.cards = name, cards
        super().__init__(_ENGLISH[name].format(number=import_id, cards=cards))


def undone(now: Card, before: Card | None) -> Card:
    """``before`` is ``None`` where the import brought the card."""
    return replace(now, status="undone") if before is None else before


_ENGLISH: dict[UndoFault, str] = {
    "unknown": "There is no import {number}. See them with: kaiku-server cards imports",
    "already": "Import {number} was undone already.",
    "touched": "Import {number} cannot be undone: {cards} of its cards were changed after it. "
    "Undo or change those by hand.",
}
