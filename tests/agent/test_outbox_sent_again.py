"""The outbox sends again what was lost, what was declined, and what the server lacks."""

import asyncio

import msgspec
import pytest

from agent.outbox import NOTE_S
from agent.wire.messages import NotTaken, Receipt
from tests.agent.examples import GENERATION
from tests.agent.outbox_line import Line, at_work, until_empty


def test_without_a_receipt_the_same_rows_are_sent_again() -> None:
    async def scene() -> None:
        line = Line()
        async with at_work(line) as outbox:
            outbox.connected()
            first = await line.sent.get()
            line.clock.advance(13)
            again = await line.sent.get()
            assert [bytes(row) for row in again.rows] == [bytes(row) for row in first.rows]

    asyncio.run(scene())


def test_a_receipt_that_the_disk_does_not_take_is_asked_for_again(caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        line = Line()
        async with at_work(line) as outbox:
            outbox.connected()
            await line.sent.get()
            line.journal.broken = True
            outbox.receipt(line.receipt(0))
            while "disk is full" not in caplog.text:  # noqa: ASYNC110  (a log wakes nobody)
                await asyncio.sleep(0.005)
            line.journal.broken = False
            line.clock.advance(13)
            await line.sent.get()
            outbox.receipt(line.receipt(0))
            await until_empty(line)

    asyncio.run(scene())


def test_a_batch_that_the_server_declines_is_sent_in_halves() -> None:
    async def scene() -> None:
        line = Line()
        async with at_work(line) as outbox:
            line.visits(3)
            outbox.connected()
            assert len((await line.sent.get()).rows) == 4
            not_taken = NotTaken(first=0, why="no")
            outbox.receipt(msgspec.structs.replace(line.receipt(-1), not_taken=not_taken))
            assert len((await line.sent.get()).rows) == 2
            outbox.receipt(line.receipt(1))
            assert (await line.sent.get()).first == 2
            outbox.receipt(line.receipt(3))
            await until_empty(line)

    asyncio.run(scene())


def test_rows_that_the_server_lacks_are_sent_again() -> None:
    async def scene() -> None:
        line = Line()
        async with at_work(line) as outbox:
            line.visits(3)
            outbox.connected()
            await line.sent.get()
            outbox.receipt(line.receipt(3))
            await until_empty(line)
            line.visits(1)
            outbox.released()
            assert (await line.sent.get()).first == 4
            outbox.receipt(line.receipt(1))
            while not line.journal.waiting():  # noqa: ASYNC110  (the twin is plain)
                await asyncio.sleep(0.005)
            line.clock.advance(13)
            assert (await line.sent.get()).first == 2

    asyncio.run(scene())


def test_another_database_gets_all_that_is_kept_and_the_same_one_nothing() -> None:
    async def scene() -> None:
        line = Line()
        async with at_work(line) as outbox:
            line.visits(2)
            outbox.connected()
            outbox.server_said(GENERATION, started=True)
            await line.sent.get()
            outbox.receipt(line.receipt(2))
            await until_empty(line)
            outbox.server_said(GENERATION, started=True)
            outbox.server_said("f" * 32, started=True)
            assert ((again := await line.sent.get()).first, len(again.rows)) == (0, 3)
            assert line.sent.empty()

    asyncio.run(scene())


def test_another_database_is_noted_once_the_disk_takes_it_and_then_gets_everything() -> None:
    """Without the note its receipts would be those of a stranger, for as long as the connection holds."""

    async def scene() -> None:
        line = Line()
        async with at_work(line) as outbox:
            line.visits(1)
            outbox.connected()
            outbox.server_said(GENERATION, started=True)
            await line.sent.get()
            outbox.receipt(line.receipt(1))
            await until_empty(line)
            line.journal.broken = True
            outbox.server_said("f" * 32, started=True)
            await asyncio.sleep(0)
            outbox.released()
            while line.sent.empty():
                line.journal.broken = line.clock.now().seconds < NOTE_S * 2
                line.clock.advance(1)
                outbox.released()
                await asyncio.sleep(0.005)
            assert ((again := line.sent.get_nowait()).first, len(again.rows)) == (0, 2)
            outbox.receipt(Receipt(generation="f" * 32, epoch=line.epoch, upto=1))
            await until_empty(line)

    asyncio.run(scene())


def test_a_receipt_that_does_not_count_sends_nothing_at_once() -> None:
    """A full disk does not take a restored server's name: each receipt would bring the batch again."""

    async def scene() -> None:
        line = Line()
        line.journal.server_is(GENERATION)
        async with at_work(line) as outbox:
            line.visits(1)
            outbox.connected()
            await line.sent.get()
            for _ in range(3):
                outbox.receipt(Receipt(generation="f" * 32, epoch=line.epoch, upto=1))
            outbox.server_said(GENERATION, started=True)
            await line.sent.get()
            outbox.receipt(line.receipt(1))
            await until_empty(line)
            assert line.sent.empty(), "sent once for the connection and once for the server's start"

    asyncio.run(scene())
