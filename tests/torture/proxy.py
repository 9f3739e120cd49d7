"""A bad line between one kiosk and the broker: drops, delays, swallows, and cuts at every point."""

import asyncio
import random
import socket
import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final, Self

from tests.broker import HOST
from tests.torture.frames import Frames, kind_of, puback, publish_in
from tests.torture.plans import GOOD, After, Plan, Way, Within, plan

CHUNK_BYTES: Final = 65536
FLUSH_S: Final = 0.005
TWICE, LATE, LOST = 0.15, 0.3, 0.5
"""What befalls a receipt, each from the bound before it on; above the last it is let through."""
LAST_LOST: Final = 0.5
LINGER_S: Final = 1.0
HALF_OPEN_S: Final = 30.0
"""How long an end that heard nothing of the cut is left to find out."""
ABORT: Final = struct.pack("ii", 1, 0)
"""SO_LINGER of no time: closing sends RST, and what is on its way is lost."""


class _Ended(Exception):  # noqa: N818  (what happened to the line)
    """The line is cut here."""


class Proxy:
    """Listens for one kiosk on ``port`` while it is entered. ``seen`` counts what befell the lines."""

    def __init__(self, broker_port: int, chance: random.Random) -> None:
        self.port = 0
        self.seen: Counter[str] = Counter()
        self._broker_port = broker_port
        self._chance = chance
        self._good = False
        self._lose_one = False
        self._live: set[_Line] = set()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, HOST, 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def calm(self) -> None:
        """No faults any more, but for a last receipt that may be lost: no new connection follows it.

        A line that is dead already stays so: that is the kiosk's to find out.
        """
        self._good = True
        self._lose_one = self._chance.random() < LAST_LOST
        for line in self._live:
            line.calm()

    def hang_up(self) -> None:
        """As when the kiosk's process is killed."""
        for line in tuple(self._live):
            line.end()

    def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._join(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.seen["connections"] += 1
        wanted = GOOD if self._good else plan(self._chance)
        try:
            if wanted.refused:
                self.seen["refused"] += 1
                return
            with suppress(OSError):  # no broker now
                broker = await asyncio.open_connection(HOST, self._broker_port)
                with self._counted(_Line((reader, writer), broker, wanted, self)) as line:
                    await line.run()
        finally:
            _abort(writer)

    @contextmanager
    def _counted(self, line: "_Line") -> "Iterator[_Line]":
        self._live.add(line)
        try:
            yield line
        finally:
            self._live.discard(line)

    def take_receipt(self, line: "_Line", frame: bytes) -> None:
        """Through, or lost, late or twice; the broker is told that it arrived."""
        published = publish_in(frame)
        assert published is not None
        dice = 1.0 if self._good else self._chance.random()
        if self._lose_one:
            self._lose_one, dice = False, LATE
        if dice >= LOST or published.packet_id is None:
            self.seen["receipts let through"] += 1
            line.send("down", frame)
            return
        pause_s = self._chance.uniform(0.0, 2.0)
        if dice < TWICE:
            self.seen["receipts twice"] += 1
            line.send("down", frame)
        else:
            self.seen["receipts late" if dice < LATE else "receipts lost"] += 1
            line.send("up", puback(published.packet_id))
        if dice < LATE:
            asyncio.get_running_loop().call_later(pause_s, self._late, published.unasked)

    def _late(self, frame: bytes) -> None:
        """On whatever line the kiosk has by then."""
        for line in tuple(self._live):
            if line.greeted:
                with suppress(_Ended):
                    line.send("down", frame)


class _Line:
    """One connection of the kiosk, and the one to the broker that was made for it."""

    def __init__(
        self,
        kiosk: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        broker: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        wanted: Plan,
        proxy: Proxy,
    ) -> None:
        self.greeted = False
        """The kiosk got its CONNACK: before it nothing else may come."""
        self._from = {"up": kiosk[0], "down": broker[0]}
        self._to = {"up": broker[1], "down": kiosk[1]}
        self._plan = wanted
        self._proxy = proxy
        self._sent: Counter[Way] = Counter()
        self._over = asyncio.Event()
        self._flows: dict[Way, asyncio.Event] = {"up": asyncio.Event(), "down": asyncio.Event()}

    async def run(self) -> None:
        for flows in self._flows.values():
            flows.set()
        ways = [asyncio.create_task(self._carry(way)) for way in self._flows]
        tasks = [*ways, asyncio.create_task(self._over.wait()), asyncio.create_task(self._stall())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            await _cancel(tasks)
            await self._part()
        finally:
            await _cancel(tasks)
            for writer in self._to.values():
                _abort(writer)

    def end(self) -> None:
        self._over.set()

    def calm(self) -> None:
        self._plan = GOOD
        for flows in self._flows.values():
            flows.set()

    def send(self, way: Way, frame: bytes) -> None:
        """Write as much of ``frame`` as the plan lets through. Raises :class:`_Ended` at the cut."""
        if self._over.is_set():
            raise _Ended
        kind = kind_of(frame)
        kind = f"{kind} {way}" if kind == "PUBACK" else kind
        through = self._through(way, kind, len(frame))
        self._sent[way] += len(frame)
        self._to[way].write(frame if through is None else frame[:through])
        if through is not None:
            self._proxy.seen[f"cut in {kind}"] += 1
            self._over.set()
            raise _Ended

    def _through(self, way: Way, kind: str, length: int) -> int | None:
        """How much of a frame still gets through; ``None`` where all of it does."""
        match self._plan.cut:
            case After(of, count) if of == way and count - self._sent[way] < length:
                return count - self._sent[way]
            case Within(of, share) if of == kind:
                return int(share * length)
            case _:
                return None

    async def _carry(self, way: Way) -> None:
        frames = Frames()
        with suppress(_Ended, OSError):
            while more := await self._from[way].read(CHUNK_BYTES):
                for frame in frames.feed(more):
                    if self._plan.lag_s:
                        await asyncio.sleep(self._plan.lag_s)
                    await self._flows[way].wait()
                    if way == "down" and kind_of(frame) == "PUBLISH receipt":
                        self._proxy.take_receipt(self, frame)
                    else:
                        self.send(way, frame)
                    self.greeted |= kind_of(frame) == "CONNACK"
                await self._to[way].drain()

    async def _stall(self) -> None:
        stall = self._plan.stall
        if stall is not None:
            await asyncio.sleep(stall.after_s)
            if self._plan is not GOOD:
                self._proxy.seen["swallowed"] += 1
                for way in stall.ways:
                    self._flows[way].clear()
                await asyncio.sleep(stall.for_s)
                if stall.lost and self._plan is not GOOD:
                    return
                for flows in self._flows.values():
                    flows.set()
        await self._over.wait()

    async def _part(self) -> None:
        """What was let through arrives; then one end or both hear that it is over."""
        for writer in self._to.values():
            if not writer.is_closing():
                with suppress(OSError):
                    await asyncio.wait_for(writer.drain(), LINGER_S)
        await asyncio.sleep(FLUSH_S)
        self._over.set()
        deaf: tuple[Way, ...] = tuple(way for way in self._flows if way not in self._plan.reset)
        for way in self._plan.reset:
            _abort(self._to[way])
        for way in deaf:  # the reader of the one way is the other end of the other
            self._proxy.seen["left half open"] += 1
            reader = self._from["down" if way == "up" else "up"]
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(HALF_OPEN_S):
                    while await reader.read(CHUNK_BYTES):
                        pass


async def _cancel(tasks: "Sequence[asyncio.Task[object]]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


def _abort(writer: asyncio.StreamWriter) -> None:
    if writer.is_closing():
        return
    line = writer.get_extra_info("socket")
    with suppress(OSError):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
    writer.transport.abort()
