"""A kiosk made of twins, and what a test sees of it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from nacl.public import PrivateKey

from agent.adapters.simulated.cards import MemoryCards
from agent.adapters.simulated.clock import SimulatedClock
from agent.adapters.simulated.eyes import SimulatedEyes
from agent.adapters.simulated.journal import MemoryJournal
from agent.adapters.simulated.lights import SimulatedButtons, SimulatedLights, SimulatedRing
from agent.adapters.simulated.loudspeaker import SimulatedLoudspeaker
from agent.adapters.simulated.screen import SimulatedScreen
from agent.adapters.simulated.watchdog import CountingWatchdog
from agent.cards_known import CardsKnown
from agent.core.actions import Signal
from agent.core.judge import Policy
from agent.core.sight import SightRules
from agent.core.state import Rules, State
from agent.lookout import Lookout
from agent.loop import Kiosk
from agent.ports.journal import Journal
from agent.ports.loudspeaker import Loudspeaker
from agent.record_maker import RecordMaker
from agent.speaker import Speaker
from agent.wire.records import Scan
from agent.worker import Worker
from tests.agent.background import running, until
from tests.agent.examples import ANNA, BENGT, GENERATION, LIST_KEY, row_of

WAIT_S: Final = 10.0
SEALING_KEY: Final = bytes(PrivateKey(bytes(31) + b"\1").public_key)


@dataclass
class Door:
    """A kiosk made of twins, and what a test sees of it."""

    eyes: SimulatedEyes = field(default_factory=SimulatedEyes)
    cards: MemoryCards = field(default_factory=MemoryCards)
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    disk: Journal | None = None
    """A real journal in the twin's place."""
    lights: SimulatedLights = field(default_factory=SimulatedLights)
    ring: SimulatedRing = field(default_factory=SimulatedRing)
    prompts: dict[tuple[str, str], Path] = field(default_factory=dict)
    loudspeaker: Loudspeaker = field(default_factory=SimulatedLoudspeaker)
    screen: SimulatedScreen = field(default_factory=SimulatedScreen)
    buttons: SimulatedButtons = field(default_factory=SimulatedButtons)
    clock: SimulatedClock = field(default_factory=SimulatedClock)
    watchdog: CountingWatchdog = field(default_factory=CountingWatchdog)
    at_work: Kiosk | None = None
    list_age_s: float = 60.0
    list_broken: int = 0
    released: int = 0
    kept_still: int = 0
    """How often the list was told of a card in view."""

    def kiosk(self, writer: Worker) -> Kiosk:
        journal = self.disk or self.journal
        journal.start(self.clock.now(), "serial-1", "start")
        self.cards.begin_fill(GENERATION)
        self.cards.apply("fill", [row_of(ANNA).packed(), row_of(BENGT, status="blocked").packed()], 7)
        self.cards.swap()
        return Kiosk(
            eyes=self.eyes,
            cards=CardsKnown(
                cards=self.cards,
                list_key=LIST_KEY,
                revision=lambda: 7,
                age_s=lambda _at: self.list_age_s,
                broken=self.was_broken,
            ),
            journal=journal,
            lights=self.lights,
            speaker=Speaker(self.loudspeaker, prompts=self.prompts),
            screen=self.screen,
            buttons=self.buttons,
            clock=self.clock,
            watchdog=self.watchdog,
            writer=writer,
            rules=Rules(policy=Policy()),
            sight_rules=SightRules(),
            state=State(),
            records=RecordMaker("v-102", SEALING_KEY),
            lookout=Lookout(self.ring),
            released=self.was_released,
            card_in_view=self.was_in_view,
        )

    def was_broken(self) -> None:
        self.list_broken += 1

    def was_in_view(self) -> None:
        self.kept_still += 1

    def was_released(self) -> None:
        self.released += 1

    @property
    def scans(self) -> list[Scan]:
        return [record for record in self.journal.records() if isinstance(record, Scan)]

    @property
    def view(self) -> str:
        return self.screen.shown[-1].state if self.screen.shown else "dark"

    @property
    def light(self) -> Signal | None:
        return self.lights.shown[-1] if self.lights.shown else None

    async def until(self, happened: Callable[[], bool]) -> None:
        await until(happened)

    async def shows(self, view: str) -> None:
        await self.until(lambda: self.view == view)

    async def unanswered(self, *views: str) -> None:
        """The question on the screen ends as it does when nobody cares: it says so, and goes."""
        self.clock.advance(21)
        await self.until(
            lambda: (asked := self.screen.shown[-1].question) is not None and bool(asked.hurry_s)
        )
        self.clock.advance(21)
        await self.until(lambda: self.view in (views or ("idle",)))

    async def later(self, seconds: float, view: str) -> None:
        """Time passes, and the kiosk's own ticks notice it."""
        self.clock.advance(seconds)
        await self.shows(view)


@asynccontextmanager
async def at_work(door: Door) -> AsyncIterator[None]:
    writer = Worker("journal")
    door.at_work = door.kiosk(writer)
    async with running(door.at_work.run(), WAIT_S, writer):
        await door.shows("idle")
        yield
