"""The kiosk on the broker: who it says it is, and who else says so."""

import asyncio

from agent.connection import will
from agent.wire.messages import Alert, Status, decode
from tests.agent.on_the_broker import BOOT, Kiosk


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
