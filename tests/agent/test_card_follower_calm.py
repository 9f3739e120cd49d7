"""The list keeps still while a card is in view, and is written in slices that a card does not wait for."""

import asyncio
from collections.abc import Callable, Sequence

from agent.adapters.simulated.cards import MemoryCards
from agent.core.calm import AFTER_S, GO_S, HOLD_S
from agent.core.slices import SLICE_ROWS, slice_of
from agent.ports.card_list import CardList, ListHead, Table
from agent.wire.card_code import CardCode
from agent.wire.card_page import Packed, unpack
from agent.wire.messages import CardsGet
from tests.agent.background import until
from tests.agent.examples import row_of
from tests.agent.fleet import FakeFleet
from tests.agent.following import Kiosk, fleet_of


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
