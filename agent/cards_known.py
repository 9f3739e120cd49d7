"""What the kiosk knows of a card: looked up by keyed hash, with how fresh the list is."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from agent.core.judge import Unreadable
from agent.core.moment import Moment
from agent.ports.card_list import CardList, CardListError
from agent.wire.card_code import CardCode
from agent.wire.card_key import ListKey
from agent.wire.card_page import CardRow
from agent.wire.records import ListState

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    key: int
    row: CardRow | Unreadable | None
    list: ListState


@dataclass(frozen=True, kw_only=True)
class CardsKnown:
    """``revision`` and ``age_s`` are asked at each look-up; ``broken`` is told when the list failed."""

    cards: CardList
    list_key: ListKey
    revision: Callable[[], int]
    age_s: Callable[[Moment], float | None]
    broken: Callable[[], None]

    def look_up(self, code: CardCode, at: Moment) -> Known:
        key = self.list_key.card_key(code)
        row: CardRow | Unreadable | None
        try:
            row = self.cards.find(key)
            if row is None and self.cards.lost:
                row = "unreadable"
        except CardListError as error:
            log.error("card list: %s", error)  # noqa: TRY400  (the sentence says it all)
            row = "unreadable"
            self.broken()
        return Known(key, row, self.list_state(at))

    def list_state(self, at: Moment) -> ListState:
        age_s = self.age_s(at)
        return ListState(revision=self.revision(), age_s=None if age_s is None else int(age_s))
