"""A door of the model: who waits, what the kiosk shows, and what is done to it at one moment or another."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Final, NamedTuple, TypeVar

from agent.core.actions import Signal
from agent.core.events import TakenBack
from agent.wire.screen import Answer
from tests.virtual.venue import AWAY_S, Venue
from tests.virtual.virtual_loop import VirtualLoop
from tests.virtual.waiting import Queue, Waiter

T = TypeVar("T")

START: Final = datetime(2026, 11, 24, 21, 50, tzinfo=UTC)
"""Ten minutes to midnight: most stories are of two days, and one of these is over."""
SAME_VISIT_S: Final = 20.0
"""A card that comes back sooner is the same visit, wherever the kiosk stands."""


class Ends(NamedTuple):
    """Of a kiosk: so soon after a card or a press, by its power or by its watchdog."""

    after_s: float
    power: bool
    synced: bool


End = Ends | None


class AtTheDoor:
    """What happened so far, and how each step is done; ``played`` counts them over all doors."""

    played: ClassVar[Counter[str]] = Counter()
    blind: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.loop = VirtualLoop()
        self.errors: list[dict[str, Any]] = []
        self.loop.set_exception_handler(lambda _, context: self.errors.append(context))
        self.folder = Path(tempfile.mkdtemp())
        self.queue = Queue()
        self.visitors = 0
        self.perhaps_twice: set[str] = set()
        self.taken_back: set[str] = set()
        self.again_until = 0.0
        self.restored = False
        self.venue: Venue = self.do(self._open())

    def do(self, step: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(step)

    def at_once(self, act: Callable[[], None]) -> None:
        async def step() -> None:
            act()

        self.do(step())

    async def _open(self) -> Venue:
        venue = Venue(self.folder, 1, START, blind=self.blind)
        await venue.power_on()
        await asyncio.sleep(AWAY_S)
        return venue

    @property
    def works(self) -> bool:
        return not self.venue.device.disk_full

    def _fault(self, fault: str, *, over: bool, kind: int) -> None:
        device, network, fleet = self.venue.device, self.venue.network, self.venue.fleet
        match fault:
            case "calendar":
                device.off_by = timedelta(days=0 if over else (-1, 365, 365)[kind])
            case "no time":
                device.synced = device.synced or over
            case "full disk":
                device.disk_full = not over
            case "slow commit":
                device.next_commit_s = (2.0, 3.2, 5.0)[kind]
            case "network" if network.up != over:
                network.turn(up=over)
            case "bad line":
                network.lossy = not over
            case "server" if not over:
                fleet.stop()
            case "server" if not fleet.up:
                fleet.start()

    async def _starts(self, end: Ends) -> None:
        if end.power:
            await self.venue.power_on(synced=end.synced)
        else:
            await self.venue.crash()
        self.queue.kiosk_starts()
        if end.power:
            self.again_until = 0.0  # a boot takes longer than the same visit

    async def _holds_up(self, who: Waiter, end: End) -> None:
        self.queue.tries(who)
        self.again_until = 0.0
        light = asyncio.ensure_future(self.venue.hold_up(who.visitor))
        await self._dies(end)
        self._answered(who, await light, by_hand=False)
        await asyncio.sleep(AWAY_S)
        await self._is_back(end)

    async def _let_in(self, who: Waiter, end: End) -> None:
        self.queue.tries(who)
        self.again_until = 0.0
        light = asyncio.ensure_future(self.venue.press(times=1))
        await self._dies(end)
        self._answered(who, await light, by_hand=True)
        await self._is_back(end)

    async def _dies(self, end: End) -> None:
        if end is not None and self.works:
            await asyncio.sleep(end.after_s)
            self.venue.power_off()
            self.played["ends of a kiosk before, at or after a light"] += 1

    async def _is_back(self, end: End) -> None:
        if end is not None and self.works:
            await self._starts(end)

    def _answered(self, who: Waiter, light: Signal | None, *, by_hand: bool) -> None:
        now = self.loop.time()
        match light:
            case Signal.ACCEPTED:
                if not who.owed(now):
                    self.perhaps_twice.add(who.visitor.code)
                self.venue.is_in(who.visitor, by_hand=by_hand)
                self.played["visitors let in by hand"] += by_hand
                self.queue.waiters.remove(who)
                self.again_until = now + SAME_VISIT_S
            case Signal.ASK_STAFF:
                who.red = True
            case _ if by_hand:
                who.hand_at = who.hand_at or now
            case _:
                who.scan_at = who.scan_at or now

    async def _take_back(self) -> None:
        """What the kiosk takes back is whoever it let in last; a new start knows of nobody."""
        kiosk = self.venue.life.kiosk if self.venue.life else None
        if kiosk is None or kiosk.state.let_in is None:
            return
        kiosk.happened(TakenBack("mistake", kiosk.clock.now()))
        await asyncio.sleep(10)
        if kiosk.state.let_in is None:
            self.taken_back.add(self.venue.came.pop().visitor.code)
            self.played["visits taken back"] += 1
            self.again_until = 0.0

    async def _answers(self, children: int) -> None:
        life = self.venue.life
        question = life.screen.shown[-1].question if life and life.screen.shown else None
        if life is None or question is None or children > question.most:
            return
        answer = Answer(epoch=question.epoch, seq=question.seq, about=question.about, count=children)
        life.screen.say(answer)
        await asyncio.sleep(3)
        if life.screen.shown[-1].state in ("thanks", "idle"):
            self.venue.came[-1].visitor.children = children
            self.played["answers"] += 1
