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


@dataclass(kw_only=True)
class CardsKnown:
    """``revision`` and ``age_s`` are asked at each look-up; ``broken`` is told when the list failed.

    ``list_key`` is the one of the enrolment: what the kiosk remembers of its visitors goes by it, so that
    nobody is a stranger because the list has another key since a minute ago.
    """

    cards: CardList
    list_key: ListKey
    revision: Callable[[], int]
    age_s: Callable[[Moment], float | None]
    broken: Callable[[], None]
    _answering: ListKey | None = None
    """The key of the list that answers, as far as is known."""

    def look_up(self, code: CardCode, at: Moment) -> Known:
        row: CardRow | Unreadable | None
        try:
            lost = self.cards.lost  # before and after: between them a list may come or go
            row = self._find(code)
            if row is None and (lost or self.cards.lost):
                row = "unreadable"
        except CardListError as error:
            log.error("card list: %s", error)  # noqa: TRY400  (the sentence says it all)
            row = "unreadable"
            self.broken()
        return Known(self.list_key.card_key(code), row, self.list_state(at))

    def _find(self, code: CardCode) -> CardRow | None:
        """A card that is not found was asked for by the right key, also where the list was just swapped.

        One that is found needs no second look: 64 bits do not match by another key.
        """
        while True:
            asked = self._answering or self.list_key
            row = self.cards.find(asked.card_key(code))
            if row is not None:
                return row
            self._answering = self.cards.answering_key() or self.list_key
            if self._answering == asked:
                return None

    def list_state(self, at: Moment) -> ListState:
        age_s = self.age_s(at)
        return ListState(revision=self.revision(), age_s=None if age_s is None else int(age_s))
