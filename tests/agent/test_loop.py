"""The life of a scan with every part simulated but the loop itself: written, shown, settled, kept."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import pytest

from agent.adapters.simulated.cards import MemoryCards
from agent.adapters.simulated.clock import SimulatedClock
from agent.adapters.simulated.eyes import SimulatedEyes
from agent.adapters.simulated.journal import MemoryJournal
from agent.adapters.simulated.lights import SimulatedButtons, SimulatedLights
from agent.adapters.simulated.screen import SimulatedScreen
from agent.adapters.simulated.watchdog import CountingWatchdog
from agent.cards_known import CardsKnown
from agent.core.actions import Draft, Ref, Signal
from agent.core.judge import Policy
from agent.core.reads import Read
from agent.core.sight import SightRules
from agent.core.state import Rules, State
from agent.loop import Kiosk
from agent.wire.records import Scan, Shown
from agent.wire.screen import Answer
from agent.worker import Worker
from tests.agent.examples import ANNA, BENGT, GENERATION, LIST_KEY, row_of
from tests.agent.examples import scan as a_scan

WAIT_S: Final = 10.0


@dataclass
class Door:
    """A kiosk made of twins, and what a test sees of it."""

    eyes: SimulatedEyes = field(default_factory=SimulatedEyes)
    cards: MemoryCards = field(default_factory=MemoryCards)
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    lights: SimulatedLights = field(default_factory=SimulatedLights)
    screen: SimulatedScreen = field(default_factory=SimulatedScreen)
    buttons: SimulatedButtons = field(default_factory=SimulatedButtons)
    clock: SimulatedClock = field(default_factory=SimulatedClock)
    watchdog: CountingWatchdog = field(default_factory=CountingWatchdog)
    at_work: Kiosk | None = None
    list_broken: int = 0
    released: int = 0

    def kiosk(self, writer: Worker) -> Kiosk:
        self.journal.start(self.clock.now(), "serial-1", "start")
        self.cards.begin_fill(GENERATION)
        self.cards.apply("fill", [row_of(ANNA).packed(), row_of(BENGT, status="blocked").packed()], 7)
        self.cards.swap()
        return Kiosk(
            eyes=self.eyes,
            cards=CardsKnown(
                cards=self.cards,
                list_key=LIST_KEY,
                revision=lambda: 7,
                fresh_at=lambda: None,
                broken=self.was_broken,
            ),
            journal=self.journal,
            lights=self.lights,
            screen=self.screen,
            buttons=self.buttons,
            clock=self.clock,
            watchdog=self.watchdog,
            writer=writer,
            rules=Rules(policy=Policy()),
            sight_rules=SightRules(),
            state=State(),
            scan_of=scan_of,
            released=self.was_released,
        )

    def was_broken(self) -> None:
        self.list_broken += 1

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
        while not happened():  # noqa: ASYNC110  (the twins are plain: nothing of them wakes a test)
            await asyncio.sleep(0.005)

    async def shows(self, view: str) -> None:
        await self.until(lambda: self.view == view)

    async def later(self, seconds: float, view: str) -> None:
        """Time passes, and the kiosk's own ticks notice it."""
        self.clock.advance(seconds)
        await self.shows(view)


def scan_of(draft: Draft) -> Scan:
    return a_scan(draft.judgement.verdict)


@asynccontextmanager
async def at_work(door: Door) -> AsyncIterator[None]:
    writer = Worker("journal")
    door.at_work = door.kiosk(writer)
    kiosk = asyncio.create_task(door.at_work.run())
    try:
        async with asyncio.timeout(WAIT_S):
            await door.shows("idle")
            yield
    finally:
        kiosk.cancel()
        await asyncio.wait({kiosk})
        writer.close()
        if not kiosk.cancelled():
            kiosk.result()


def play(door: Door, scene: Callable[[], Awaitable[None]]) -> None:
    async def play() -> None:
        async with at_work(door):
            await scene()

    asyncio.run(play())


def test_a_card_held_up_is_written_then_shown_green_then_settled_by_its_answer() -> None:
    door = Door()
    on_disk_when_lit: list[int] = []
    door.lights = SimulatedLights(
        lambda signal: on_disk_when_lit.append(len(door.scans)) if signal is Signal.ACCEPTED else None
    )

    async def scene() -> None:
        door.eyes.see(Read(ANNA, "qr"))
        await door.shows("accepted")
        assert on_disk_when_lit == [1]
        await door.until(lambda: door.scans[0].shown == "green")
        batch = door.journal.batch(100, 96 * 1024)
        assert batch is not None
        assert len(batch.rows) == 1  # the open scan waits for its answer
        question = door.screen.shown[-1].question
        assert question is not None
        assert door.screen.answer(Answer(epoch=question.epoch, seq=question.seq, children=2))
        await door.shows("thanks")
        await door.until(lambda: door.scans[0].party.children == 2)
        await door.later(3, "idle")

    play(door, scene)
    assert door.released > 0


def test_a_card_held_up_for_a_while_is_one_record() -> None:
    door = Door()

    async def scene() -> None:
        for _ in range(30):
            door.eyes.see(Read(ANNA, "qr"))
            door.clock.advance(0.1)
        await door.shows("accepted")

    play(door, scene)
    assert len(door.scans) == 1


def test_a_blocked_card_is_sent_to_the_staff_and_never_green() -> None:
    door = Door()

    async def scene() -> None:
        door.eyes.see(Read(BENGT, "qr"))
        await door.shows("ask_staff")
        await door.until(lambda: door.scans[0].shown == "staff")
        await door.later(6, "idle")

    play(door, scene)
    assert Signal.ACCEPTED not in door.lights.shown


def test_a_broken_disk_asks_the_staff_is_out_of_order_and_heals() -> None:
    door = Door()

    async def scene() -> None:
        door.journal.broken = True
        door.eyes.see(Read(ANNA, "qr"))
        await door.shows("ask_staff")
        await door.later(6, "out_of_order")
        assert Signal.ACCEPTED not in door.lights.shown
        assert door.scans == []
        door.journal.broken = False
        await door.later(11, "idle")
        door.eyes.see(Read(ANNA, "qr"))
        await door.shows("accepted")

    play(door, scene)
    assert len(door.scans) == 1


def test_a_list_that_fails_asks_the_staff_and_is_told_to_its_keeper() -> None:
    door = Door()

    async def scene() -> None:
        door.cards.broken = True
        door.eyes.see(Read(ANNA, "qr"))
        await door.shows("ask_staff")

    play(door, scene)
    assert door.list_broken == 1
    assert Signal.ACCEPTED not in door.lights.shown


def test_a_foreign_code_is_counted_and_leaves_no_record() -> None:
    door = Door()

    async def scene() -> None:
        door.eyes.see(Read(None, "qr"))
        door.clock.advance(5)
        door.eyes.see(Read(ANNA, "qr"))
        await door.shows("accepted")

    play(door, scene)
    assert len(door.scans) == 1
    assert door.at_work is not None
    assert door.at_work.foreign_codes == 1


def test_a_question_nobody_answers_stays_null() -> None:
    door = Door()

    async def scene() -> None:
        door.eyes.see(Read(ANNA, "qr"))
        await door.shows("accepted")
        await door.later(21, "idle")
        await door.until(lambda: door.journal.batch(100, 96 * 1024) is not None)

    play(door, scene)
    assert door.scans[0].party.children is None


def test_a_button_answers_from_a_thread_of_its_own() -> None:
    door = Door()

    async def scene() -> None:
        door.eyes.see(Read(ANNA, "qr"))
        await door.shows("accepted")
        await asyncio.to_thread(door.buttons.press, 3)
        await door.until(lambda: door.scans[0].party.children == 3)

    play(door, scene)


def test_a_lost_camera_is_out_of_order_and_back_again() -> None:
    door = Door()

    async def scene() -> None:
        seen = len(door.screen.shown)
        door.eyes.lose("the ribbon cable came off")
        await door.until(
            lambda: [view.state for view in door.screen.shown][seen:] == ["out_of_order", "idle"]
        )
        assert list(door.lights.shown)[-2:] == [Signal.OUT_OF_ORDER, Signal.READY]

    play(door, scene)


def test_the_watchdog_is_fed_by_every_look_but_not_more_than_once_a_second() -> None:
    door = Door()

    async def scene() -> None:
        fed = door.watchdog.feeds
        for _ in range(10):
            door.eyes.see()
        door.clock.advance(1.5)
        for _ in range(10):
            door.eyes.see()
        await door.until(lambda: door.watchdog.feeds > fed)

    play(door, scene)
    assert door.watchdog.feeds <= 2


def test_an_error_of_our_own_ends_the_kiosk_instead_of_leaving_it_half_alive() -> None:
    door = Door()

    class Wrong(MemoryJournal):
        def mark_shown(self, ref: Ref, shown: Shown) -> None:
            raise ZeroDivisionError(ref, shown)

    door.journal = Wrong()

    async def scene() -> None:
        writer = Worker("journal")
        running = asyncio.create_task(door.kiosk(writer).run())
        door.eyes.see(Read(ANNA, "qr"))
        async with asyncio.timeout(WAIT_S):
            await asyncio.wait({running})
        writer.close()
        running.result()

    with pytest.raises(ExceptionGroup) as ended:
        asyncio.run(scene())
    assert ended.group_contains(ZeroDivisionError)
