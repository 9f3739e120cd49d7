"""A kiosk on its own disk, whose fill of the list is cut at a page."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from agent.adapters.simulated.clock import SimulatedClock
from agent.adapters.sqlite_cards import SqliteCards
from agent.card_follower import CardFollower
from agent.cards_known import CardsKnown
from agent.core.card_feed import ANSWER_S
from agent.wire.card_code import CardCode
from agent.wire.card_page import CardRow, unpack
from agent.wire.messages import CardsGet, CardsPage, decode
from agent.worker import Worker
from tests.agent.background import running
from tests.agent.examples import LIST_KEY, OTHER_GENERATION, OTHER_LIST_KEY, moment, row_of
from tests.agent.fleet import FakeFleet
from tests.agent.following import CODES, WAIT_S, fleet_of, known_by

PAGES: Final = 4
"""Of ten cards, three a page."""
BLOCKED: Final = CODES[9]
Cut = Literal["answer lost", "question lost", "line closed", "agent killed"]
CUTS: Final[tuple[Cut, ...]] = ("answer lost", "question lost", "line closed", "agent killed")


@dataclass
class Kiosk:
    """``left`` pages come through, then ``cut`` happens once, and ``meanwhile`` with it.

    ``killed`` says that the agent is to be ended.
    """

    path: Path
    fleet: FakeFleet
    clock: SimulatedClock = field(default_factory=SimulatedClock)
    left: int = 1000
    cut: Cut | None = None
    gathered_rows: int = 1
    cuts: int = 0
    came: list[CardsPage] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None
    killed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def rows_that_came(self) -> int:
        return sum(len(unpack(page.rows)) for page in self.came)

    def asked(self, follower: CardFollower, payload: bytes) -> None:
        if self.left > 0 or self.cut is None:
            self.left -= 1
            page = self.fleet.answer(decode(payload, CardsGet))
            self.came.append(page)
            follower.page(page)
            return
        cut, self.cut, self.cuts = self.cut, None, self.cuts + 1
        self.meanwhile()
        match cut:
            case "question lost":
                pass
            case "answer lost":
                self.fleet.answer(decode(payload, CardsGet))
            case "line closed":
                follower.disconnected()
                follower.connected()
            case "agent killed":
                self.killed.set()

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator["Started"]:
        cards = SqliteCards(self.path)
        worker = Worker("cards")
        follower = CardFollower(
            cards=cards,
            list_key=LIST_KEY,
            worker=worker,
            clock=self.clock,
            publish=lambda payload: self.asked(follower, payload),
            gathered_rows=self.gathered_rows,
        )
        known = known_by(follower)
        async with running(follower.run(), WAIT_S, worker, cards):
            follower.connected()
            yield Started(self, cards, follower, known)

    def as_the_kill_left_it(self) -> None:
        """What is on the disk at this moment, nothing closed and nothing put in order."""
        left = self.path.with_name(f"{self.path.name}-left")
        left.mkdir()
        for suffix in ("", "-wal"):
            file = self.path.with_name(self.path.name + suffix)
            if file.exists():
                shutil.copy(file, left / file.name)
        self.path = left / self.path.name


@dataclass
class Started:
    kiosk: Kiosk
    cards: SqliteCards
    follower: CardFollower
    known: CardsKnown

    def status(self, code: CardCode) -> str:
        row = self.known.look_up(code, moment(1)).row
        return row.status if isinstance(row, CardRow) else str(row)


async def to_the_end(kiosk: Kiosk, look: Callable[[Started], None] = lambda _: None) -> None:
    """Filled, whatever is cut; ``look`` is called in between."""
    while True:
        async with kiosk.at_work() as started:
            while started.follower.fresh_at is None and not kiosk.killed.is_set():
                if kiosk.cuts:
                    kiosk.clock.advance(ANSWER_S / 4)
                look(started)
                await asyncio.sleep(0.02)
            if not kiosk.killed.is_set():
                look(started)
                head = started.cards.head("live")
                assert head is not None
                assert head.revision == kiosk.fleet.revision == started.follower.revision
                return
            kiosk.as_the_kill_left_it()
        kiosk.killed.clear()


def another_generation(fleet: FakeFleet) -> None:
    fleet.generation = OTHER_GENERATION


def another_key(fleet: FakeFleet) -> None:
    rows = [row_of(code, list_key=OTHER_LIST_KEY) for code in CODES[:9]]
    blocked = row_of(BLOCKED, status="blocked", list_key=OTHER_LIST_KEY)
    fleet.rotate(OTHER_LIST_KEY, OTHER_GENERATION, [*rows, blocked])


def list_of_ten() -> FakeFleet:
    fleet = fleet_of(9)
    fleet.register(row_of(BLOCKED, status="blocked"))
    return fleet
