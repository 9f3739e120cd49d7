"""Outbox, receipts, starts, lights, adoption and clocks against a simple list of who is in."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from agent.core.actions import Signal
from agent.core.events import TakenBack
from server.adapters.tables import visits
from server.adapters.verify import verify
from tests.virtual.venue import Venue, Visitor
from tests.virtual.virtual_loop import VirtualLoop

START = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


class Door(RuleBasedStateMachine):
    """One visitor after the other; whoever power or disk failed comes back until the light is green."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = VirtualLoop()
        self.folder = Path(tempfile.mkdtemp())
        self.inside: list[str] = []
        self.waiting: Visitor | None = None
        self.number = 0
        self.errors: list[dict[str, Any]] = []
        self.loop.set_exception_handler(lambda _, context: self.errors.append(context))
        self.do(self._open())

    async def _open(self) -> None:
        self.venue = Venue(self.folder, 1, START)
        await self.venue.power_on()
        await asyncio.sleep(2)

    def do(self, step: Coroutine[Any, Any, None]) -> None:
        self.loop.run_until_complete(step)

    @rule(blocked=st.booleans())
    def come(self, blocked: bool) -> None:
        if self.waiting is None:
            self.number += 1
            self.waiting = Visitor(f"A{self.number:09}", blocked=blocked)
            if blocked:
                self.venue.block(self.waiting.code)
        self.do(self._try())

    @rule(after_s=st.sampled_from([0.005, 0.02, 0.05, 0.2, 3.5]), synced=st.booleans())
    def come_and_lose_power(self, after_s: float, synced: bool) -> None:
        if self.waiting is None:
            self.number += 1
            self.waiting = Visitor(f"A{self.number:09}")
        self.do(self._try(cut_after_s=after_s))
        self.do(self.venue.power_on(synced=synced))

    @precondition(lambda self: self.waiting is not None)
    @rule()
    def let_in(self) -> None:
        self.do(self._press())

    @precondition(lambda self: not self.venue.device.disk_full)
    @rule()
    def take_back(self) -> None:
        self.do(self._take_back())

    @rule(seconds=st.sampled_from([1.0, 20.0, 130.0, 700.0]))
    def wait(self, seconds: float) -> None:
        self.do(_sleep(seconds))

    @rule(synced=st.booleans())
    def power(self, synced: bool) -> None:
        self.venue.power_off()
        self.do(self.venue.power_on(synced=synced))

    @rule()
    def time_comes(self) -> None:
        self.venue.device.synced = True

    @rule(days=st.sampled_from([-1, 0, 0, 365]))
    def calendar(self, days: int) -> None:
        self.venue.device.off_by = timedelta(days=days)

    @rule(full=st.booleans())
    def disk(self, full: bool) -> None:
        self.venue.device.disk_full = full

    @rule(seconds=st.sampled_from([2.0, 5.0]))
    def slow_commit(self, seconds: float) -> None:
        self.venue.device.next_commit_s = seconds

    @rule(up=st.booleans())
    def network(self, up: bool) -> None:
        if up != self.venue.network.up:
            self.venue.network.turn(up=up)

    @rule(lossy=st.booleans())
    def wires(self, lossy: bool) -> None:
        self.venue.network.lossy = lossy

    @rule(up=st.booleans())
    def server(self, up: bool) -> None:
        if up and not self.venue.fleet.up:
            self.do(_in_loop(self.venue.fleet.start))
        elif not up:
            self.venue.fleet.stop()

    @rule()
    def back_up(self) -> None:
        self.venue.fleet.back_up()

    @precondition(lambda self: (self.folder / "backup.db").exists())
    @rule()
    def restore(self) -> None:
        self.do(_in_loop(self.venue.fleet.restore))

    @invariant()
    def nothing_broke(self) -> None:
        assert self.errors == []

    def teardown(self) -> None:
        try:
            self.do(self._all_is_well())
            assert self.errors == []
            self._count()
        finally:
            self.venue.power_off()
            self.do(_sleep(0))
            self.venue.fleet.database.close()
            self.loop.close()
            shutil.rmtree(self.folder)

    async def _all_is_well(self) -> None:
        """Every fault is over; whoever waits is served."""
        venue = self.venue
        device, network = venue.device, venue.network
        device.disk_full, device.synced, device.off_by, network.lossy = False, True, timedelta(0), False
        if not network.up:
            network.turn(up=True)
        if not venue.fleet.up:
            venue.fleet.start()
        await asyncio.sleep(60)
        for _ in range(20):
            if self.waiting is not None:
                await self._try()
                await asyncio.sleep(3)
        await asyncio.sleep(800)

    async def _try(self, cut_after_s: float | None = None) -> None:
        """Hold the card up once."""
        visitor = self.waiting
        assert visitor is not None
        lit = asyncio.ensure_future(self.venue._hold_up(visitor))  # noqa: SLF001
        if cut_after_s is not None:
            await asyncio.sleep(cut_after_s)
            self.venue.power_off()
        signal = await lit
        if signal is Signal.ACCEPTED:
            self._in(visitor)
        elif signal is Signal.ASK_STAFF and visitor.blocked and not self.venue.device.disk_full:
            await asyncio.sleep(0)
        await asyncio.sleep(2.5)

    async def _press(self) -> None:
        visitor = self.waiting
        assert visitor is not None
        seen = len(self.venue._lit)  # noqa: SLF001
        if self.venue.life is not None:
            self.venue.life.buttons.let_in()
        await asyncio.sleep(12)
        if Signal.ACCEPTED in self.venue._lit[seen:]:  # noqa: SLF001
            self._in(visitor)

    async def _take_back(self) -> None:
        life = self.venue.life
        if life is None or life.kiosk.state.let_in is None:
            return
        kiosk = life.kiosk
        kiosk._happened(TakenBack("mistake", kiosk.clock.now()))  # noqa: SLF001
        await asyncio.sleep(10)
        if kiosk.state.let_in is None:
            self.inside.pop()

    def _in(self, visitor: Visitor) -> None:
        self.inside.append(visitor.code)
        self.waiting = None

    def _count(self) -> None:
        """Blocked visitors who still wait are not in; everybody else is."""
        with self.venue.fleet.database.reading() as connection:
            counted = list(connection.scalars(select(visits.c.code).where(visits.c.counted)))
        known = [code for code in counted if code is not None]
        assert len(known) == len(set(known))
        assert set(known) <= set(self.inside)
        assert len(counted) == len(self.inside)
        assert verify(self.venue.fleet.database).differences == []
        assert self.venue.waiting == 0


async def _sleep(seconds: float) -> None:
    await asyncio.sleep(seconds)


async def _in_loop(act: Any) -> None:  # noqa: ANN401
    act()


Door.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
test_whoever_is_in_is_counted_once = Door.TestCase
