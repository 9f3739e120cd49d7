"""The kiosk on the broker: what it says at each connection, and what it does with what comes in."""

import asyncio
import logging
from datetime import timedelta

import msgspec
import pytest

from agent.adapters.simulated.clock import SimulatedClock
from agent.connection import will
from agent.core.alerts import ALERTS, Waiting
from agent.wire.messages import CardsGet, Health, Info, Receipt, Records, Status, decode, encode
from tests.agent.examples import ANNA, BENGT, GENERATION, LIST_KEY, row_of, scan
from tests.agent.fleet import FakeFleet
from tests.agent.on_the_broker import BOOT, Kiosk


def test_a_kiosk_says_that_it_is_online_and_what_it_is_and_both_are_kept() -> None:
    async def scene() -> None:
        kiosk = Kiosk()
        async with kiosk.online():
            await kiosk.says("cards/get", 1)
            assert kiosk.link.published[:2] == [
                ("status", encode(Status(state="online", boot_id=BOOT, connection=1)), True),
                ("info", encode(kiosk.info), True),
            ]
            facts = [said for said in kiosk.link.published[2:] if said[2] and said[1]]
            assert facts == []

    asyncio.run(scene())


def test_how_it_is_is_said_at_each_connection_and_while_it_lasts() -> None:
    async def scene() -> None:
        kiosk = Kiosk(waits=Waiting(3, SimulatedClock().now().stamp()))
        kiosk.clock.advance(90)
        async with kiosk.online():
            (said,) = await kiosk.says("health", 1)
            clock = kiosk.clock.now().pair("ntp")
            assert decode(said, Health) == Health(clock=clock, waiting=3, oldest_s=90, list_age_s=60)
            kiosk.link.disconnect()
            kiosk.link.connect()
            await kiosk.says("health", 2)
        kiosk.health_s = 0.02
        async with kiosk.online():
            await kiosk.says("health", 5)
        assert not any(retain for leaf, _, retain in kiosk.link.published if leaf == "health")

    asyncio.run(scene())


def test_a_disk_that_cannot_be_read_ends_nothing_but_what_is_told() -> None:
    async def scene() -> None:
        kiosk = Kiosk(full=True, health_s=0.02)
        async with kiosk.online():
            await kiosk.says("cards/get", 1)
            await asyncio.sleep(0.06)
            assert kiosk.said("health") == []
            kiosk.full = False
            await kiosk.says("health", 1)

    asyncio.run(scene())


def test_records_go_out_and_the_receipt_ends_them() -> None:
    async def scene() -> None:
        kiosk = Kiosk()
        async with kiosk.online():
            (payload,) = await kiosk.says("records", 1)
            assert decode(payload, Records).first == 0
            kiosk.link.deliver("receipt", encode(Receipt(generation=GENERATION, epoch=kiosk.epoch, upto=0)))
            while kiosk.journal.waiting():  # noqa: ASYNC110  (the twin is plain)
                await asyncio.sleep(0.005)

    asyncio.run(scene())


def test_the_server_s_state_right_after_the_connect_does_not_double_the_first_batch() -> None:
    async def scene() -> None:
        kiosk, fleet = Kiosk(), FakeFleet()
        async with kiosk.online():
            await kiosk.says("records", 1)
            kiosk.link.deliver("server/state", encode(fleet.state))
            kiosk.link.deliver("receipt", encode(Receipt(generation=GENERATION, epoch=kiosk.epoch, upto=0)))
            while kiosk.journal.waiting():  # noqa: ASYNC110  (the twin is plain)
                await asyncio.sleep(0.005)
            assert len(kiosk.said("records")) == 1

    asyncio.run(scene())


def test_the_card_list_comes_over_the_connection() -> None:
    async def scene() -> None:
        kiosk, fleet = Kiosk(), FakeFleet()
        fleet.register(row_of(ANNA))
        fleet.register(row_of(BENGT))
        async with kiosk.online() as connection:
            (get,) = await kiosk.says("cards/get", 1)
            kiosk.link.deliver("cards/page", encode(fleet.answer(decode(get, CardsGet))))
            while connection.follower.fresh_at is None:  # noqa: ASYNC110  (nothing of it wakes a test)
                await asyncio.sleep(0.005)
            assert kiosk.cards.find(LIST_KEY.card_key(ANNA)) == row_of(ANNA)

    asyncio.run(scene())


def test_news_are_told_once_and_only_where_something_is_new() -> None:
    async def scene() -> None:
        kiosk = Kiosk()
        async with kiosk.online():
            await kiosk.says("info", 1)
            kiosk.news.set()
            while kiosk.news.is_set():  # noqa: ASYNC110  (it is cleared by the one that waits)
                await asyncio.sleep(0)
            kiosk.info = msgspec.structs.replace(kiosk.info, camera="imx477")
            kiosk.news.set()
            said = await kiosk.says("info", 2)
            assert decode(said[-1], Info).camera == "imx477"

    asyncio.run(scene())


def test_what_is_not_of_the_contract_is_one_line_in_the_log_without_its_content(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scene() -> None:
        kiosk = Kiosk()
        async with kiosk.online():
            for leaf in ("receipt", "cards/page", "server/state", "status"):
                kiosk.link.deliver(leaf, b'{"type": "A999123453"}')
                kiosk.link.deliver(leaf, b"\xff A999123453")
            kiosk.link.deliver("of/tomorrow", b"A999123453")
            kiosk.link.deliver("status", will("old", 0))
            await kiosk.says("status", 2)  # all that came before it has been looked at

    with caplog.at_level(logging.WARNING):
        asyncio.run(scene())
    assert len(caplog.records) == 9
    assert "A999123453" not in caplog.text


def test_a_day_without_a_broker_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        kiosk = Kiosk()
        async with kiosk.online():
            await kiosk.says("info", 1)
            for _ in range(50):
                kiosk.link.disconnect("no route to host")
            kiosk.link.connect()
            await kiosk.says("info", 2)

    asyncio.run(scene())
    assert caplog.text.count("no route to host") == 1


def test_records_made_without_a_connection_go_out_with_the_next_one() -> None:
    async def scene() -> None:
        kiosk = Kiosk()
        async with kiosk.online() as connection:
            await kiosk.says("records", 1)
            kiosk.link.disconnect()
            kiosk.journal.settle(kiosk.journal.append(scan(), 7))
            connection.outbox.released()
            kiosk.link.connect()
            payload = (await kiosk.says("records", 2))[-1]
            assert len(decode(payload, Records).rows) == 2

    asyncio.run(scene())


def test_a_server_that_comes_again_is_told_all_alerts_and_one_with_a_new_list_is_not() -> None:
    async def scene() -> None:
        kiosk, fleet = Kiosk(), FakeFleet()
        async with kiosk.online():
            await kiosk.says("alert/storage", 1)
            kiosk.link.deliver("server/state", encode(fleet.state))
            fleet.register(row_of(ANNA))
            kiosk.link.deliver("server/state", encode(fleet.state))
            kiosk.link.deliver("status", will("an-older-boot", 0))
            await kiosk.says("status", 2)  # what came before it has been looked at
            assert len(kiosk.said("alert/storage")) == 1
            kiosk.link.deliver("server/state", encode(fleet.state))
            await kiosk.says("alert/storage", 2)
            later = msgspec.structs.replace(fleet.state, since=fleet.state.since + timedelta(days=1))
            kiosk.link.deliver("server/state", encode(later))
            await kiosk.says("alert/storage", 3)
            assert len([leaf for leaf, _, _ in kiosk.link.published if leaf.startswith("alert/")]) == 3 * len(
                ALERTS
            )

    asyncio.run(scene())
