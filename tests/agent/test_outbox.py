"""The outbox's shell: a row is done on the server's receipt only."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final, ParamSpec, TypeVar

import msgspec
import pytest

from agent.adapters.simulated.clock import SimulatedClock
from agent.adapters.simulated.journal import MemoryJournal
from agent.outbox import KEPT_DAYS, NOTE_S, Outbox, message_of
from agent.ports.journal import Batch
from agent.wire.messages import (
    ClockPair,
    NotTaken,
    Receipt,
    Records,
    Refused,
    WireError,
    decode,
    decode_record,
    encode,
)
from agent.worker import Worker
from tests.agent.background import running, until
from tests.agent.examples import GENERATION, OTHER_EPOCH, moment, scan

WAIT_S: Final = 60.0
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


@dataclass
class Line:
    """An outbox and the batches that it handed to the link."""

    journal: MemoryJournal = field(default_factory=MemoryJournal)
    clock: SimulatedClock = field(default_factory=SimulatedClock)
    sent: "asyncio.Queue[Records]" = field(default_factory=asyncio.Queue)
    emptied: int = 0
    epoch: str = ""

    def outbox(self, writer: Worker) -> Outbox:
        self.epoch = self.journal.start(self.clock.now(), "serial-1", "start").epoch
        return Outbox(
            journal=self.journal,
            writer=writer,
            clock=self.clock,
            publish=lambda payload: self.sent.put_nowait(decode(payload, Records)),
            emptied=self.was_emptied,
        )

    def was_emptied(self) -> None:
        self.emptied += 1

    def visits(self, count: int) -> None:
        for _ in range(count):
            self.journal.settle(self.journal.append(scan(), 7))

    def receipt(self, upto: int, *refused: Refused, epoch: str | None = None) -> Receipt:
        return Receipt(generation=GENERATION, epoch=epoch or self.epoch, upto=upto, refused=refused)


@asynccontextmanager
async def at_work(line: Line, writer: Worker | None = None) -> AsyncIterator[Outbox]:
    writer = writer or Worker("journal")
    outbox = line.outbox(writer)
    async with running(outbox.run(), WAIT_S, writer):
        yield outbox


async def until_empty(line: Line) -> None:
    await until(lambda: not line.journal.waiting())


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
