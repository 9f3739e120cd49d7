"""The kiosk on the broker: who it says it is, and what it does with what comes in."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import msgspec
import pytest

from agent.adapters.simulated.cards import MemoryCards
from agent.adapters.simulated.clock import SimulatedClock
from agent.adapters.simulated.journal import MemoryJournal
from agent.adapters.simulated.link import SimulatedLink
from agent.alerts import Alerts
from agent.card_follower import CardFollower
from agent.connection import Connection, will
from agent.core.alerts import ALERTS, Limits, Waiting
from agent.core.health import health_of
from agent.outbox import Outbox
from agent.ports.journal import JournalError
from agent.wire.messages import Alert, CardsGet, Health, Info, Receipt, Records, Status, decode, encode
from agent.worker import Worker
from tests.agent.background import until
from tests.agent.examples import ANNA, BENGT, GENERATION, LIST_KEY, row_of, scan
from tests.agent.fleet import FakeFleet
from tests.agent.wire.test_golden import golden

WAIT_S: Final = 60.0
BOOT: Final = "6f0c1c1e"


@dataclass
class Kiosk:
    link: SimulatedLink = field(default_factory=SimulatedLink)
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    cards: MemoryCards = field(default_factory=MemoryCards)
    clock: SimulatedClock = field(default_factory=SimulatedClock)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    info: Info = field(default_factory=lambda: decode(golden("info-1"), Info))
    waits: Waiting = field(default_factory=Waiting)
    full: bool = False
    health_s: float = 60.0
    epoch: str = ""
    heard: list[Status] = field(default_factory=list)

    @asynccontextmanager
    async def online(self) -> AsyncIterator[Connection]:
        self.epoch = self.journal.start(self.clock.now(), "serial-1", "start").epoch
        writer, filler = Worker("journal"), Worker("cards")
        outbox = Outbox(
            journal=self.journal, writer=writer, clock=self.clock, publish=self.publisher("records")
        )
        follower = CardFollower(
            cards=self.cards,
            list_key=LIST_KEY,
            worker=filler,
            clock=self.clock,
            publish=self.publisher("cards/get"),
        )
        alerts = Alerts(
            publish=lambda leaf, payload: self.link.publish(leaf, payload, retain=True),
            clock=self.clock,
            troubles=frozenset,
            forgetful=lambda: "",
            waiting=self.nothing,
            list_age_s=lambda _at: 60.0,
            limits=Limits(),
        )
        connection = Connection(
            link=self.link,
            outbox=outbox,
            follower=follower,
            alerts=alerts,
            boot_id=BOOT,
            info=self.birth,
            health=self.how,
            health_s=self.health_s,
            news=self.news,
            heard=self.heard.append,
        )
        parts = [asyncio.create_task(part.run()) for part in (outbox, follower, alerts, connection)]
        try:
            async with asyncio.timeout(WAIT_S):
                self.link.connect()
                yield connection
        finally:
            for part in parts:
                part.cancel()
            await asyncio.wait(parts)
            writer.close()
            filler.close()

    def publisher(self, leaf: str) -> Callable[[bytes], None]:
        return lambda payload: self.link.publish(leaf, payload)

    async def nothing(self) -> Waiting:
        return Waiting()

    async def how(self) -> Health:
        if self.full:
            raise JournalError("the simulated disk is full")
        return health_of(self.clock.now(), "ntp", self.waits, 60.0)

    async def birth(self) -> Info:
        return self.info

    def said(self, leaf: str) -> list[bytes]:
        return [payload for said, payload, _ in self.link.published if said == leaf]

    async def says(self, leaf: str, times: int) -> list[bytes]:
        await until(lambda: len(self.said(leaf)) >= times)
        return self.said(leaf)


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


def test_a_stale_will_is_put_right() -> None:
    async def scene() -> None:
        kiosk = Kiosk()
        async with kiosk.online():
            await kiosk.says("status", 1)
            kiosk.link.deliver("status", will("an-older-boot", 0))
            (_, again) = await kiosk.says("status", 2)
            assert decode(again, Status) == Status(state="online", boot_id=BOOT, connection=1)
            kiosk.link.deliver("status", again)  # its own word is no reason to speak
            kiosk.link.deliver("receipt", b"{}")
            await kiosk.says("cards/get", 1)
            assert len(kiosk.said("status")) == 2

    asyncio.run(scene())


def test_each_connection_says_its_own_number() -> None:
    async def scene() -> None:
        kiosk = Kiosk()
        async with kiosk.online():
            await kiosk.says("info", 1)
            kiosk.link.disconnect()
            kiosk.link.connect()
            said = await kiosk.says("status", 2)
            assert [decode(payload, Status).connection for payload in said] == [1, 2]
            await kiosk.says("info", 2)  # retained by a broker that may have forgotten

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


def test_a_kiosk_that_stops_says_so() -> None:
    async def scene() -> None:
        kiosk = Kiosk()
        async with kiosk.online() as connection:
            await kiosk.says("info", 1)
            await connection.close()
            assert decode(kiosk.said("status")[-1], Status).state == "stopped"

    asyncio.run(scene())


def test_a_status_that_the_broker_keeps_is_told() -> None:
    async def scene() -> None:
        kiosk = Kiosk()
        async with kiosk.online():
            kiosk.link.deliver("status", will("an-older-boot", 9))
            await kiosk.says("status", 2)
            assert kiosk.heard == [Status(state="lost", boot_id="an-older-boot", connection=9)]

    asyncio.run(scene())


def test_a_kiosk_that_is_thrown_out_by_another_says_so_at_its_next_connection() -> None:
    async def scene() -> None:
        kiosk = Kiosk()
        async with kiosk.online():
            await kiosk.says("alert/identity-twice", 1)
            kiosk.link.disconnect("142 Session taken over", taken_over=True)
            kiosk.link.connect()
            cleared, raised = await kiosk.says("alert/identity-twice", 2)
            assert cleared == b""
            assert "under this kiosk's name" in decode(raised, Alert).detail

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


def test_a_status_of_another_after_our_own_tells_that_two_have_one_identity() -> None:
    async def scene() -> None:
        kiosk = Kiosk()
        async with kiosk.online():
            (own,) = await kiosk.says("status", 1)
            kiosk.link.deliver("status", will("an-older-boot", 0))  # of our own last life: that is no other
            kiosk.link.deliver("status", own)
            await kiosk.says("alert/identity-twice", 1)
            kiosk.link.disconnect("128 Unspecified error")
            kiosk.link.connect()
            kiosk.link.deliver("status", will("another-boot", 1))
            *_, raised = await kiosk.says("alert/identity-twice", 2)
            assert "under this kiosk's name" in decode(raised, Alert).detail
            # No sign that this kiosk forgot anything: the broker had its own word in between.
            assert [status.boot_id for status in kiosk.heard] == ["an-older-boot", BOOT]

    asyncio.run(scene())


def test_our_own_will_and_word_are_not_taken_for_another_s() -> None:
    async def scene() -> None:
        kiosk = Kiosk()
        async with kiosk.online():
            (own,) = await kiosk.says("status", 1)
            kiosk.link.deliver("status", own)
            await kiosk.says("alert/identity-twice", 1)
            kiosk.link.disconnect("128 Unspecified error")
            kiosk.link.connect()
            kiosk.link.deliver("status", will(BOOT, 1))
            said = await kiosk.says("alert/identity-twice", 2)
            assert said == [b"", b""]

    asyncio.run(scene())
