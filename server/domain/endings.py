"""A person's word that one of a kiosk's memory cards is gone, or that it is not after all."""

from collections.abc import Sequence
from typing import Literal

from agent.told import ToldError
from server.domain.memory_cards import MemoryCard

EndingFault = Literal["unknown", "last_one", "gone_already", "not_gone"]

_ENGLISH: dict[EndingFault, str] = {
    "unknown": "No kiosk has such a memory card beside another one. See: kaiku-server kiosks memory-cards",
    "last_one": "It is the only memory card left of this kiosk. If it is gone, too, add a new kiosk.",
    "gone_already": "That memory card is marked as gone already.",
    "not_gone": "That memory card is not marked as gone, or has written since.",
}


class EndingRefused(ToldError):  # noqa: N818  (what happened)
    """Nothing was changed."""

    def __init__(self, name: EndingFault) -> None:
        self.name = name
        super().__init__(_ENGLISH[name])


def to_end(cards: Sequence[MemoryCard], epoch: str) -> MemoryCard:
    """The card whose latest start's name begins with ``epoch``. Raises :class:`EndingRefused`."""
    found = _named(cards, epoch)
    if found.gone:
        raise EndingRefused("gone_already")
    if not any(card.copied and not card.gone and card is not found for card in cards):
        raise EndingRefused("last_one")
    return found


def to_take_back(cards: Sequence[MemoryCard], epoch: str) -> MemoryCard:
    """Likewise. Raises :class:`EndingRefused`."""
    found = _named(cards, epoch)
    if not found.gone:
        raise EndingRefused("not_gone")
    return found


def _named(cards: Sequence[MemoryCard], epoch: str) -> MemoryCard:
    found = [card for card in cards if card.copied and epoch and card.tip.name.startswith(epoch)]
    if len(found) != 1:
        raise EndingRefused("unknown")
    return found[0]
