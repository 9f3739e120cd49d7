"""What goes out with the rows of the kiosk's clock, and what the server says of it."""

import asyncio
from dataclasses import replace

import msgspec

from agent.outbox import message_of
from agent.ports.journal import Batch
from agent.wire.messages import ClockPair
from tests.agent.examples import OTHER_EPOCH, moment
from tests.agent.outbox_line import Line, at_work, until_empty


def test_a_batch_carries_the_clocks_read_at_its_sending() -> None:
    async def scene() -> None:
        line = Line()
        async with at_work(line) as outbox:
            line.clock.advance(3600)
            outbox.connected()
            now, clock = line.clock.now(), (await line.sent.get()).clock
            assert (clock.boottime_ms, clock.utc, clock.source) == (now.boottime_ms, now.wall_utc, "ntp")
            line.clock.set_calendar(now.wall_utc, synced=False)
            outbox.disconnected()
            outbox.connected()
            assert (await line.sent.get()).clock.source == "none"

    asyncio.run(scene())


def test_rows_of_another_boot_go_out_with_what_the_server_said_of_its_clock() -> None:
    at = moment(10)
    said = ClockPair(boot_id=at.boot_id, boottime_ms=at.boottime_ms, utc=at.wall_utc, source="server")
    batch = Batch(OTHER_EPOCH, 0, (b"{}",), heard=said)
    assert message_of(batch, at, "ntp").heard is msgspec.UNSET, "its own clock goes along"
    assert message_of(batch, replace(at, boot_id="another"), "ntp").heard == said


def test_what_the_server_says_of_the_clock_is_told() -> None:
    at = moment(10)
    said = ClockPair(boot_id=at.boot_id, boottime_ms=at.boottime_ms, utc=at.wall_utc, source="server")

    async def scene() -> None:
        line = Line()
        told: list[ClockPair] = []
        async with at_work(line) as outbox:
            outbox.heard = told.append
            outbox.connected()
            await line.sent.get()
            outbox.receipt(msgspec.structs.replace(line.receipt(0), heard=said))
            await until_empty(line)
        assert told == [said]

    asyncio.run(scene())
