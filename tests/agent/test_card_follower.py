"""The list's shell: pages come in, a whole list is swapped in, a bad one leaves the old one answering."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from agent.adapters.simulated.cards import MemoryCards
from agent.ports.card_list import CardList
from tests.agent.background import until
from tests.agent.examples import LIST_KEY, OTHER_GENERATION, row_of
from tests.agent.following import CODES, WAIT_S, Kiosk, fleet_of


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
