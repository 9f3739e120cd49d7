"""A door with visitors, a kiosk that runs and dies, and everything else that can go wrong."""

import asyncio
import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from agent.adapters.simulated.cards import MemoryCards
from agent.adapters.simulated.eyes import SimulatedEyes
from agent.adapters.simulated.lights import SimulatedButtons, SimulatedLights, SimulatedRing
from agent.adapters.simulated.screen import SimulatedScreen
from agent.adapters.simulated.watchdog import CountingWatchdog
from agent.alerts import Alerts, waiting_in
from agent.card_follower import CardFollower
from agent.cards_known import CardsKnown
from agent.connection import Connection
from agent.core.actions import Signal
from agent.core.alerts import Limits, Waiting
from agent.core.exchange import Patience
from agent.core.health import health_of
from agent.core.judge import Policy
from agent.core.reads import Read
from agent.core.sight import SightRules
from agent.core.state import Rules
from agent.known_time import KnownTime
from agent.lookout import Lookout
from agent.loop import Kiosk
from agent.outbox import Outbox
from agent.parts import first_state
from agent.record_maker import RecordMaker
from agent.wire.card_code import CardCode
from agent.wire.messages import Health, Info, decode
from agent.wire.screen import Answer
from tests.agent.examples import GENERATION, LIST_KEY, row_of
from tests.agent.wire.test_golden import golden
from tests.server.kiosk import SEALING
from tests.virtual.device import Device, DeviceJournal, DeviceWorker
from tests.virtual.fleet import Fleet
from tests.virtual.network import Network, VenueLink
from tests.virtual.visitors import Came, Visitor

TICK_S: Final = 1.0
"""The kiosk's own tick is shorter: a day of those takes too long to play."""
OUTBOX_TICK_S: Final = 5.0
RULES: Final = Rules(policy=Policy())
BOOT_S: Final = (20.0, 40.0)
CRASH_S: Final = 3.0
LOOK_S: Final = 0.5
TWICE_S: Final = 0.3
PATIENCE_S: Final = 4.0
"""How long a visitor holds up a card before taking it away to try again."""
AWAY_S: Final = 2.5
MANY_TRIES: Final = 2_000


@dataclass
class Life:
    """What runs from a start of the agent to its end."""

    kiosk: Kiosk
    eyes: SimulatedEyes
    screen: SimulatedScreen
    buttons: SimulatedButtons
    worker: DeviceWorker
    journal: DeviceJournal
    tasks: list["asyncio.Task[None]"] = field(default_factory=list)


class Venue:
    """``start`` is the true time at 0 seconds of the loop; a ``blind`` kiosk starts as if nobody waited."""

    def __init__(self, folder: Path, seed: int, start: datetime, *, blind: bool = False) -> None:
        self._blind = blind
        random.seed(seed)  # the kiosk's own jitter
        self.chance = random.Random(seed)  # noqa: S311  (no secret)
        self.journal_file = folder / "journal.db"
        self._start = start
        self.device = Device(self.true_now, ahead=timedelta(seconds=random.Random(seed).uniform(-2, 2)))  # noqa: S311
        self.network = Network(random.Random(seed + 1))  # noqa: S311
        self.fleet = Fleet(folder, self.network, self.true_now)
        self.came: list[Came] = []
        self.turned_away: list[Visitor] = []
        self.trace: list[tuple[float, str]] = []
        """What happened when, for the comparison of two runs."""
        self.life: Life | None = None
        self._cards = MemoryCards()
        self._blocked: list[bytes] = []
        self._lit: list[Signal] = []
        self._cards.begin_fill(GENERATION)
        self._cards.swap()

    def true_now(self) -> datetime:
        return self._start + timedelta(seconds=asyncio.get_running_loop().time())

    def block(self, code: str) -> None:
        row = row_of(CardCode(code), status="blocked")
        self._cards.apply("live", [row.packed()], 1)

    # Power

    async def power_on(self, *, synced: bool = True) -> None:
        self.device.boot(synced=synced)
        await asyncio.sleep(self.chance.uniform(*BOOT_S))
        self._begin()
        self.note(f"started {'' if synced else 'without the time'}")

    def _begin(self) -> None:
        journal = DeviceJournal(self.journal_file, self.device)
        worker = DeviceWorker(self.device, self.chance)
        start = journal.start(self.device.now(), "serial-1", "start")
        if self._blind:
            if start.open:
                journal.settle(start.open.ref)
            start = replace(start, open=None, hand=None, green=None)
        clock = KnownTime(self.device, start.known_utc)
        eyes, screen, buttons = SimulatedEyes(), SimulatedScreen(), SimulatedButtons()
        link = VenueLink(self.network)
        outbox = Outbox(
            journal=journal,
            writer=worker,
            clock=clock,
            publish=lambda payload: link.publish("records", payload),
            heard=clock.told,
            patience=Patience(tick_s=OUTBOX_TICK_S),
        )
        follower = CardFollower(
            cards=self._cards,
            list_key=LIST_KEY,
            worker=worker,
            clock=clock,
            publish=lambda payload: link.publish("cards/get", payload),
        )
        kiosk = Kiosk(
            eyes=eyes,
            cards=CardsKnown(
                cards=self._cards,
                list_key=LIST_KEY,
                revision=lambda: 1,
                age_s=lambda _at: 60.0,
                broken=lambda: None,
            ),
            journal=journal,
            lights=SimulatedLights(self._saw),
            screen=screen,
            buttons=buttons,
            clock=clock,
            watchdog=CountingWatchdog(),
            writer=worker,
            rules=RULES,
            sight_rules=SightRules(),
            state=first_state(start, clock.now(), RULES),
            records=RecordMaker("v-uimahalli", bytes(SEALING.public_key)),
            lookout=Lookout(SimulatedRing()),
            released=outbox.released,
            tick_s=TICK_S,
        )

        async def info() -> Info:
            return decode(golden("info-1"), Info)

        async def health() -> Health:
            return health_of(clock.now(), "ntp", waiting_in(journal), 60.0)

        async def waits() -> Waiting:
            return Waiting(0, None)

        alerts = Alerts(
            publish=link.publish,
            clock=clock,
            troubles=lambda: kiosk.state.troubles,
            forgetful=lambda: "",
            waiting=waits,
            list_age_s=lambda _at: 60.0,
            limits=Limits(20_000, timedelta(days=7)),
        )
        connection = Connection(
            alerts=alerts,
            link=link,
            outbox=outbox,
            follower=follower,
            boot_id=self.device.now().boot_id,
            info=info,
            health=health,
            news=asyncio.Event(),
        )
        self.life = Life(kiosk, eyes, screen, buttons, worker, journal)
        self.life.tasks = [asyncio.create_task(part.run()) for part in (kiosk, outbox, connection)]
        for task in self.life.tasks:
            task.add_done_callback(self._ended)
        self.network.plug_in(link)

    def power_off(self) -> None:
        """At once, wherever it stands."""
        life, self.life = self.life, None
        if life is None:
            return
        self.network.plug_in(None)
        life.worker.close()
        life.journal.close()
        for task in life.tasks:
            task.cancel()
        self.note("power off")

    async def crash(self) -> None:
        """The agent is ended by its watchdog, and started again; the boot goes on."""
        self.power_off()
        await asyncio.sleep(CRASH_S)
        self._begin()
        self.note("started after a crash")

    @property
    def waiting(self) -> int:
        """Rows without a receipt."""
        return sum(rows for _, rows in self.life.journal.waiting()) if self.life else -1

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            context = {"message": "a part of the kiosk ended", "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)

    # The door

    async def serve(self, visitor: Visitor) -> None:
        """Until the visitor is in, or was sent away for good."""
        if visitor.blocked:
            self.block(visitor.code)
        for _ in range(MANY_TRIES):
            signal = await self.hold_up(visitor)
            if signal is Signal.ASK_STAFF and visitor.by_hand:
                signal = await self.press()
                if signal is Signal.ACCEPTED:
                    self.is_in(visitor, by_hand=True)
                    return
            elif signal is Signal.ACCEPTED:
                self.is_in(visitor, by_hand=False)
                await self._afterwards(visitor)
                return
            elif signal is Signal.ASK_STAFF and visitor.blocked:
                self.turned_away.append(visitor)
                self.note(f"{visitor.code} was turned away")
                return
            await asyncio.sleep(AWAY_S)
        raise AssertionError(f"{visitor.code} never came in")

    async def hold_up(self, visitor: Visitor) -> Signal | None:
        """The first light that answers; ``None`` where none does."""
        seen = len(self._lit)
        for _ in range(round(PATIENCE_S / LOOK_S)):
            if self.life is not None:
                self.life.eyes.see(Read(CardCode(visitor.code), "qr"))
            await asyncio.sleep(LOOK_S)
            answers = [lit for lit in self._lit[seen:] if lit in (Signal.ACCEPTED, Signal.ASK_STAFF)]
            if answers:
                return answers[0]
        return None

    async def press(self, times: int = 30) -> Signal | None:
        """The staff press their button until they see the green light, or the kiosk is dead for long.

        They are impatient, and press twice.
        """
        for _ in range(times):
            seen = len(self._lit)
            for _ in range(2):
                if self.life is not None:
                    self.life.buttons.let_in()
                await asyncio.sleep(TWICE_S)
            for _ in range(12):
                await asyncio.sleep(LOOK_S)
                if Signal.ACCEPTED in self._lit[seen:]:
                    return Signal.ACCEPTED
        return None

    async def _afterwards(self, visitor: Visitor) -> None:
        await asyncio.sleep(self.chance.uniform(0.5, 3.0))
        if visitor.children is not None and self.life is not None and self.life.screen.shown:
            question = self.life.screen.shown[-1].question
            if question is not None and visitor.children <= question.most:
                answer = Answer(
                    epoch=question.epoch, seq=question.seq, about=question.about, count=visitor.children
                )
                self.life.screen.say(answer)
        if visitor.again:
            await asyncio.sleep(AWAY_S + 1)
            await self.hold_up(visitor)

    def is_in(self, visitor: Visitor, *, by_hand: bool) -> None:
        self.came.append(Came(visitor, self.true_now(), by_hand))
        self.note(f"{visitor.code} came in{' by hand' if by_hand else ''}")

    def _saw(self, signal: Signal) -> None:
        self._lit.append(signal)

    def note(self, what: str) -> None:
        self.trace.append((round(asyncio.get_running_loop().time(), 3), what))
