"""The list's shell: pages come in, a whole list is swapped in, a bad one leaves the old one answering."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import pytest

from agent.adapters.simulated.cards import MemoryCards
from agent.adapters.simulated.clock import SimulatedClock
from agent.card_follower import CardFollower
from agent.core.calm import AFTER_S, GO_S, HOLD_S
from agent.core.slices import SLICE_ROWS, slice_of
from agent.ports.card_list import CardList, CardListError, ListHead, Table
from agent.wire.card_code import CardCode
from agent.wire.card_page import Packed, unpack
from agent.wire.messages import CardsGet, decode
from agent.worker import Worker
from tests.agent.background import running, until
from tests.agent.examples import LIST_KEY, OTHER_GENERATION, row_of
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
    async def following(self) -> AsyncIterator[CardFollower]:
        def ask(payload: bytes) -> None:
            page = self.fleet.answer(decode(payload, CardsGet))
            if not self.mute:
                follower.page(page)

        worker = Worker("cards")
        follower = CardFollower(
            cards=self.cards, list_key=LIST_KEY, worker=worker, clock=self.clock, publish=ask
        )
        async with running(follower.run(), WAIT_S, worker):
            yield follower


def fleet_of(count: int) -> FakeFleet:
    fleet = FakeFleet()
    for code in CODES[:count]:
        fleet.register(row_of(code))
    return fleet


def test_an_empty_kiosk_fills_its_list_page_by_page(cards: CardList) -> None:
    async def scene() -> None:
        kiosk = Kiosk(cards, fleet_of(10))
        async with kiosk.following() as follower:
            follower.connected()
            await until(lambda: follower.fresh_at is not None)
            assert (kiosk.knows(), follower.count, follower.revision) == (10, 10, 10)
            assert [get.since for get in kiosk.fleet.asked] == [0, 3, 6, 9]

    asyncio.run(scene())


def test_an_empty_register_is_a_fresh_list_too(cards: CardList) -> None:
    async def scene() -> None:
        kiosk = Kiosk(cards, fleet_of(0))
        async with kiosk.following() as follower:
            follower.connected()
            await until(lambda: follower.fresh_at is not None)
            assert follower.count == 0

    asyncio.run(scene())


def test_a_change_comes_with_the_next_nudge(cards: CardList) -> None:
    async def scene() -> None:
        kiosk = Kiosk(cards, fleet_of(3))
        async with kiosk.following() as follower:
            follower.connected()
            await until(lambda: follower.revision == 3)
            kiosk.fleet.register(row_of(CODES[0], status="blocked"))
            follower.server_said(kiosk.fleet.state)
            await until(lambda: follower.revision == 4)
            row = cards.find(LIST_KEY.card_key(CODES[0]))
            assert row is not None
            assert row.status == "blocked"
            assert follower.count == 3

    asyncio.run(scene())


def test_a_restored_fleet_s_list_replaces_the_old_one_whole(cards: CardList) -> None:
    async def scene() -> None:
        kiosk = Kiosk(cards, fleet_of(10))
        async with kiosk.following() as follower:
            follower.connected()
            await until(lambda: follower.revision == 10)
            kiosk.fleet = fleet_of(4)
            kiosk.fleet.generation = OTHER_GENERATION
            follower.server_said(kiosk.fleet.state)
            await until(lambda: follower.revision == 4)
            await until(lambda: kiosk.knows() == 4)

    asyncio.run(scene())


def test_that_the_list_is_the_server_s_is_written_once_a_minute_and_of_a_new_list_at_once(
    cards: CardList,
) -> None:
    async def scene() -> None:
        kiosk = Kiosk(cards, fleet_of(10))
        async with kiosk.following() as follower:
            agreed = asyncio.Event()
            follower.agreed = agreed.set

            async def confirmed() -> datetime | None:
                async with asyncio.timeout(WAIT_S):
                    await agreed.wait()
                agreed.clear()
                head = await follower.worker.run(cards.head, "live")
                return head.confirmed if head else None

            follower.connected()
            first = await confirmed()
            assert first is not None
            told = []
            for number in (1, 2, 3):
                kiosk.clock.advance(20)
                kiosk.fleet.register(row_of(CODES[number], status="blocked"))
                follower.server_said(kiosk.fleet.state)
                told.append(await confirmed())
            assert told == [first, first, first + timedelta(seconds=60)]
            kiosk.fleet = fleet_of(4)
            kiosk.fleet.generation = OTHER_GENERATION
            kiosk.clock.advance(1)
            follower.server_said(kiosk.fleet.state)
            assert await confirmed() == first + timedelta(seconds=61)

    asyncio.run(scene())


def test_the_age_of_the_list_is_the_stopwatch_s_and_after_a_start_the_calendar_s(cards: CardList) -> None:
    async def scene() -> None:
        kiosk = Kiosk(cards, fleet_of(5))
        async with kiosk.following() as follower:
            assert follower.age_s(kiosk.clock.now()) is None, "never filled"
            follower.connected()
            await until(lambda: follower.age_s(kiosk.clock.now()) == 0)
            head = None
            while head is None or head.confirmed is None:
                head = await follower.worker.run(cards.head, "live")
            kiosk.clock.advance(90)
            assert follower.age_s(kiosk.clock.now()) == 90
        kiosk.clock.advance(3600)
        async with kiosk.following() as follower:
            await until(lambda: follower.count == 5)
            now = kiosk.clock.now()
            assert (age := follower.age_s(now)) is not None
            assert round(age) in (3690, 3691), "kept in whole seconds"
            assert follower.age_s(replace(now, synced=False, known_utc=None)) is None, "nobody knows the time"
            lags = replace(now, synced=False, known_utc=now.wall_utc - timedelta(days=1))
            assert follower.age_s(lags) is None, "confirmed after now: one of the two was wrong"
            assert follower.age_s(replace(now, wall_utc=now.wall_utc - timedelta(seconds=3720))) == 0, (
                "a drift"
            )
            assert follower.age_s(replace(now, at_least=True)) is None, "nobody knows how long it was off"

    asyncio.run(scene())


def test_a_list_that_was_filled_goes_on_after_a_restart(cards: CardList) -> None:
    async def scene() -> None:
        kiosk = Kiosk(cards, fleet_of(5))
        async with kiosk.following() as follower:
            follower.connected()
            await until(lambda: follower.fresh_at is not None)
        kiosk.fleet.asked.clear()
        async with kiosk.following() as follower:
            await until(lambda: follower.count == 5)
            assert follower.fresh_at is None  # nothing has proved it since this start
            follower.connected()
            await until(lambda: follower.fresh_at is not None)
            assert [get.since for get in kiosk.fleet.asked] == [5]

    asyncio.run(scene())


def test_an_answer_that_was_lost_is_asked_for_again(cards: CardList) -> None:
    async def scene() -> None:
        kiosk = Kiosk(cards, fleet_of(2), mute=True)
        async with kiosk.following() as follower:
            follower.connected()
            await until(lambda: len(kiosk.fleet.asked) == 1)
            kiosk.mute = False
            kiosk.clock.advance(11)
            await until(lambda: follower.revision == 2)

    asyncio.run(scene())


@pytest.mark.parametrize("rows", [b"", b"no page", b"\x78\x9c"])
def test_a_page_that_cannot_be_read_leaves_the_list_and_is_filled_anew(
    cards: CardList, rows: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        kiosk = Kiosk(cards, fleet_of(3))
        async with kiosk.following() as follower:
            follower.connected()
            await until(lambda: follower.revision == 3)
            kiosk.fleet.register(row_of(CODES[3]))
            kiosk.fleet.spoil = rows
            follower.server_said(kiosk.fleet.state)
            await until(lambda: "card list:" in caplog.text and "card page" in caplog.text)
            assert (kiosk.knows(), follower.revision, follower.count) == (3, 3, 3)
            kiosk.clock.advance(11)
            await until(lambda: follower.revision == 4)
            await until(lambda: kiosk.knows() == 4)

    asyncio.run(scene())


def test_a_list_that_was_changed_behind_the_kiosk_s_back_does_not_agree_and_is_filled_anew(
    cards: CardList,
) -> None:
    async def scene() -> None:
        kiosk = Kiosk(cards, fleet_of(3))
        async with kiosk.following() as follower:
            follower.connected()
            await until(lambda: follower.revision == 3)
            await follower.worker.run(cards.apply, "live", [row_of(CODES[9]).packed()], 3)
            kiosk.fleet.register(row_of(CODES[3]))
            follower.server_said(kiosk.fleet.state)
            await until(lambda: len(kiosk.fleet.asked) == 2)
            kiosk.clock.advance(11)
            await until(lambda: kiosk.knows() == 4)

    asyncio.run(scene())


def test_a_fill_that_the_disk_did_not_take_is_begun_anew(caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        cards = MemoryCards()
        kiosk = Kiosk(cards, fleet_of(3), mute=True)
        async with kiosk.following() as follower:
            follower.connected()
            await until(lambda: len(kiosk.fleet.asked) == 1)  # the heads have been read by now
            cards.broken = True
            follower.page(kiosk.fleet.answer(kiosk.fleet.asked[0]))
            await until(lambda: "is broken" in caplog.text)
            cards.broken, kiosk.mute = False, False
            kiosk.clock.advance(11)
            await until(lambda: kiosk.knows() == 3)

    asyncio.run(scene())


def test_a_list_that_failed_at_a_look_up_is_renewed_and_filled(cards: CardList) -> None:
    async def scene() -> None:
        kiosk = Kiosk(cards, fleet_of(3))
        async with kiosk.following() as follower:
            follower.connected()
            await until(lambda: follower.revision == 3)
            follower.broken()
            await until(lambda: follower.count == 0)
            kiosk.clock.advance(11)
            await until(lambda: kiosk.knows() == 3)
            await until(lambda: (follower.count, follower.revision) == (3, 3))

    asyncio.run(scene())


def many(count: int) -> FakeFleet:
    fleet = FakeFleet(page_rows=400)
    for number in range(count):
        fleet.register(row_of(CardCode(f"B{number:09d}")))
    return fleet


class Slices(MemoryCards):
    """Says what was written, and lets a test do something after it."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []
        self.after: Callable[[], None] = lambda: None

    def apply(self, table: Table, rows: Sequence[Packed], upto: int) -> ListHead:
        head = super().apply(table, rows, upto)
        self.sizes.append(len(rows))
        self.after()
        return head


def test_while_a_card_is_in_view_nothing_is_asked_for_and_soon_after_it_is() -> None:
    async def scene() -> None:
        kiosk = Kiosk(MemoryCards(), fleet_of(3))
        async with kiosk.following() as follower:
            follower.card_in_view()
            follower.connected()
            await asyncio.sleep(0.05)
            assert kiosk.fleet.asked == []
            kiosk.clock.advance(AFTER_S + 0.1)
            await until(lambda: follower.revision == 3)

    asyncio.run(scene())


def test_a_card_that_comes_while_pages_are_written_waits_behind_one_slice() -> None:
    async def scene() -> None:
        cards = Slices()
        kiosk = Kiosk(cards, many(5 * SLICE_ROWS))
        async with kiosk.following() as follower:
            cards.after = follower.card_in_view
            follower.connected()
            await until(lambda: len(cards.sizes) == 1)
            await asyncio.sleep(0.05)
            assert len(cards.sizes) == 1
            head = cards.head("fill")
            assert head is not None
            assert head.revision == 0, "what is cut off here is asked for again"
            cards.after = lambda: None
            kiosk.clock.advance(AFTER_S + 0.1)
            await until(lambda: follower.fresh_at is not None)
            assert len(cards.sizes) >= 5
            assert max(cards.sizes) < 1.5 * SLICE_ROWS
            assert follower.count == 5 * SLICE_ROWS

    asyncio.run(scene())


def test_a_card_that_lies_there_all_day_does_not_keep_the_list_away() -> None:
    async def scene() -> None:
        kiosk = Kiosk(MemoryCards(), fleet_of(3))
        async with kiosk.following() as follower:
            follower.card_in_view()
            follower.connected()
            for _ in range(round((HOLD_S + GO_S / 2) * 10)):
                kiosk.clock.advance(0.1)
                follower.card_in_view()
            await until(lambda: follower.revision == 3)

    asyncio.run(scene())


def test_a_list_that_failed_is_renewed_at_once_with_a_card_in_view(cards: CardList) -> None:
    async def scene() -> None:
        kiosk = Kiosk(cards, fleet_of(3))
        async with kiosk.following() as follower:
            follower.connected()
            await until(lambda: follower.revision == 3)
            follower.card_in_view()
            follower.server_said(kiosk.fleet.state)
            await asyncio.sleep(0.05)  # what was said is waiting by now
            follower.broken()
            await until(lambda: follower.count == 0 and cards.lost)

    asyncio.run(scene())


def test_what_was_cut_off_in_the_midst_of_its_slices_is_asked_for_again(cards: CardList) -> None:
    async def scene() -> None:
        fleet = many(3 * SLICE_ROWS)
        cards.begin_fill(fleet.generation)
        pages = []
        since = 0
        for _ in range(3):
            get = CardsGet(generation=fleet.generation, since=since, limit=5000, key_id=fleet.key.id)
            page = fleet.answer(get)
            pages.append(unpack(page.rows))
            since = page.upto
        cards.apply("fill", slice_of(pages, 0, 2), 0)  # as the power cut left it: rows, but the old head
        fleet.asked.clear()
        kiosk = Kiosk(cards, fleet)
        async with kiosk.following() as follower:
            follower.connected()
            await until(lambda: follower.fresh_at is not None)
            assert follower.count == 3 * SLICE_ROWS
            assert fleet.asked[0].since == 0
            assert sum(get.since == 0 for get in fleet.asked) == 1, "it agreed at once"

    asyncio.run(scene())
