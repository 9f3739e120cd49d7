"""A kiosk that follows a fleet's list of cards."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from agent.adapters.simulated.clock import SimulatedClock
from agent.card_follower import CardFollower
from agent.cards_known import CardsKnown
from agent.ports.card_list import CardList, CardListError
from agent.wire.card_code import CardCode
from agent.wire.messages import CardsGet, decode
from agent.worker import Worker
from tests.agent.background import running
from tests.agent.examples import LIST_KEY, row_of
from tests.agent.fleet import FakeFleet

WAIT_S: Final = 60.0
CODES: Final = [CardCode(f"A{number:09d}") for number in range(10)]


@dataclass
class Kiosk:
    cards: CardList
    fleet: FakeFleet
    clock: SimulatedClock = field(default_factory=SimulatedClock)
    mute: bool = False
    """The fleet's answers are lost while this is set."""

    def knows(self) -> int:
        try:
            return sum(self.cards.find(LIST_KEY.card_key(code)) is not None for code in CODES)
        except CardListError:
            return 0  # it is being renewed

    @asynccontextmanager
    async def following(self, wait_s: float = WAIT_S) -> AsyncIterator[CardFollower]:
        def ask(payload: bytes) -> None:
            page = self.fleet.answer(decode(payload, CardsGet))
            if not self.mute:
                follower.page(page)

        worker = Worker("cards")
        follower = CardFollower(
            cards=self.cards, list_key=LIST_KEY, worker=worker, clock=self.clock, publish=ask
        )
        async with running(follower.run(), wait_s, worker):
            yield follower


def known_by(follower: CardFollower) -> CardsKnown:
    """Look-ups at the door, by the list that ``follower`` keeps."""
    return CardsKnown(
        cards=follower.cards,
        list_key=follower.list_key,
        revision=lambda: follower.revision,
        age_s=follower.age_s,
        broken=follower.broken,
    )


def fleet_of(count: int) -> FakeFleet:
    fleet = FakeFleet()
    for code in CODES[:count]:
        fleet.register(row_of(code))
    return fleet
