"""The outbox's shell: a row is done on the server's receipt only."""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from typing import ParamSpec, TypeVar

import msgspec
import pytest

from agent.adapters.simulated.clock import SimulatedClock
from agent.outbox import KEPT_DAYS, message_of
from agent.ports.journal import Batch
from agent.wire.messages import Records, Refused, WireError, decode, decode_record, encode
from agent.worker import Worker
from tests.agent.background import until
from tests.agent.examples import GENERATION, OTHER_EPOCH
from tests.agent.outbox_line import Line, at_work, until_empty

P = ParamSpec("P")
R = TypeVar("R")


class CountedWorker(Worker):
    """Knows how much work was ever given to it at a time."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.most = 0
        self._given = 0

    async def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        self._given += 1
        self.most = max(self.most, self._given)
        try:
            return await super().run(work, *args, **kwargs)
        finally:
            self._given -= 1


async def until_receipted(line: Line, upto: int) -> None:
    await until(lambda: sum(rows for _, rows in line.journal.waiting()) <= 550 - upto)


def test_rows_are_sent_and_done_only_when_the_server_says_so() -> None:
    async def scene() -> None:
        line = Line()
        async with at_work(line) as outbox:
            line.visits(2)
            outbox.connected()
            batch = await line.sent.get()
            assert (batch.epoch, batch.first, len(batch.rows)) == (line.epoch, 0, 3)
            assert [decode_record(row).seq for row in batch.rows] == [0, 1, 2]
            assert line.journal.waiting() == [(line.epoch, 3)]
            outbox.receipt(line.receipt(2))
            await until_empty(line)
            while not line.emptied:  # noqa: ASYNC110  (told once nothing more was found to send)
                await asyncio.sleep(0.005)
            assert line.sent.empty()
            assert line.emptied == 1

    asyncio.run(scene())


def test_however_much_waits_a_card_waits_behind_one_piece_of_the_outbox_s_work() -> None:
    """The journal has one thread. Forgetting is a second piece, in its own small steps."""

    async def scene() -> None:
        line, writer = Line(), CountedWorker("journal")
        async with at_work(line, writer) as outbox:
            line.visits(550)
            outbox.connected()
            while line.journal.waiting():
                batch = await line.sent.get()
                receipt = line.receipt(batch.first + len(batch.rows) - 1)
                for _ in range(10):
                    outbox.receipt(receipt)
                    outbox.released()
                    outbox.server_said(GENERATION, started=False)
                await until_receipted(line, receipt.upto)
        assert 1 <= writer.most <= 2

    asyncio.run(scene())


def test_a_hundred_rows_go_at_a_time_and_the_next_hundred_on_the_receipt() -> None:
    async def scene() -> None:
        line = Line()
        async with at_work(line) as outbox:
            line.visits(250)
            outbox.connected()
            for first, rows in ((0, 100), (100, 100), (200, 51)):
                batch = await line.sent.get()
                assert (batch.first, len(batch.rows)) == (first, rows)
                outbox.receipt(line.receipt(first + rows - 1))
            await until_empty(line)

    asyncio.run(scene())


def test_a_receipt_of_another_epoch_ends_nothing() -> None:
    async def scene() -> None:
        line = Line()
        async with at_work(line) as outbox:
            outbox.connected()
            await line.sent.get()
            outbox.receipt(line.receipt(5, epoch=OTHER_EPOCH))
            outbox.receipt(line.receipt(0))
            await until_empty(line)

    asyncio.run(scene())


def test_a_refused_row_is_done_and_said_to_the_operator(caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        line = Line()
        async with at_work(line) as outbox:
            line.visits(1)
            outbox.connected()
            await line.sent.get()
            outbox.receipt(line.receipt(1, Refused(seq=1, why="negative count")))
            await until_empty(line)

    asyncio.run(scene())
    assert "record 1" in caplog.text
    assert "negative count" in caplog.text


def test_a_row_released_while_nothing_is_in_flight_is_sent_at_once() -> None:
    async def scene() -> None:
        line = Line()
        async with at_work(line) as outbox:
            outbox.connected()
            await line.sent.get()
            outbox.receipt(line.receipt(0))
            await until_empty(line)
            line.visits(1)
            outbox.released()
            assert (await line.sent.get()).first == 1

    asyncio.run(scene())


def test_a_row_that_the_disk_has_damaged_goes_as_a_text_and_holds_up_nothing() -> None:
    whole = b'{"seq":4,"type":"digest/1"}'
    for broken in (b"\x00" + whole[1:], whole[:9], b"", b"\xff\xfe", b"[" * 5000):
        sent = message_of(Batch("0" * 32, 3, (whole, broken, whole)), SimulatedClock().now(), "ntp")
        rows = [bytes(row) for row in decode(encode(sent), Records).rows]
        assert (rows[0], rows[2]) == (whole, whole)
        assert msgspec.json.decode(rows[1], type=bytes) == broken, "the server keeps it byte for byte"
        with pytest.raises(WireError):
            decode_record(rows[1])


def test_what_is_kept_no_more_is_told_with_the_batch() -> None:
    async def scene() -> None:
        line = Line()
        async with at_work(line) as outbox:
            line.visits(2)
            line.journal.receipt(line.receipt(1))
            line.journal.digest(date(2026, 11, 24), line.clock.now())
            line.journal.forget(0, 100)
            outbox.connected()
            batch = await line.sent.get()
            assert (batch.first, batch.kept_from) == (2, 2)

    asyncio.run(scene())


def test_rows_are_forgotten_when_thirty_days_have_begun_since_their_receipt() -> None:
    async def scene() -> None:
        line = Line()
        line.journal.start(line.clock.now(), "serial-1", "start")
        line.journal.receipt(line.receipt(0, epoch=line.journal.waiting()[0][0]))
        for number in range(KEPT_DAYS + 1):
            line.journal.digest(date(2026, 11, 24) + timedelta(days=number), line.clock.now())
        async with at_work(line):
            while not line.journal.forgotten:  # noqa: ASYNC110  (likewise)
                await asyncio.sleep(0.005)
            assert [rows for _, rows in line.journal.waiting()] == [KEPT_DAYS + 1, 1]

    asyncio.run(scene())
