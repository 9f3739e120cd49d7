"""The contract of Link, over a real broker and its twin."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar

import pytest

from agent.adapters.paho_link import PahoLink
from agent.adapters.simulated.link import SimulatedLink
from agent.ports.link import Incoming, Link, LinkDown, LinkEvent, LinkUp
from agent.wire.topics import SERVER_STATE, new_kiosk_id, of_kiosk
from tests.broker import HOST, Mosquitto
from tests.fleet_client import FleetClient

WAIT_S = 15.0
E = TypeVar("E", bound=LinkEvent)


class OtherSide(Protocol):
    """The broker and the server, as far as a contract of Link needs them."""

    link: Link

    async def let_in(self) -> None:
        """The broker is there."""

    async def throw_out(self) -> None:
        """The connection breaks."""

    async def say(self, leaf: str, payload: bytes) -> None: ...

    async def hear(self, leaf: str) -> bytes: ...


class TwinSide:
    def __init__(self) -> None:
        self._twin = SimulatedLink()
        self.link: Link = self._twin
        self._read = 0

    async def let_in(self) -> None:
        self._twin.connect()

    async def throw_out(self) -> None:
        self._twin.disconnect()

    async def say(self, leaf: str, payload: bytes) -> None:
        self._twin.deliver(leaf, payload)

    async def hear(self, leaf: str) -> bytes:
        while True:
            heard, payload, _ = self._twin.published[self._read]
            self._read += 1
            if heard == leaf:
                return payload


class BrokerSide:
    def __init__(self, broker: Mosquitto, fleet: FleetClient) -> None:
        self._kiosk = new_kiosk_id()
        self._broker = broker
        self._fleet = fleet
        self.link: Link = PahoLink(
            host=HOST,
            port=broker.port,
            kiosk=self._kiosk,
            tls=None,
            will=lambda connection: b"lost %d" % connection,
        )

    async def let_in(self) -> None:
        """It is there from the beginning."""

    async def throw_out(self) -> None:
        """Another client takes the kiosk's name: the broker ends the older connection."""
        taker = PahoLink(
            host=HOST,
            port=self._broker.port,
            kiosk=self._kiosk,
            tls=None,
            will=lambda _: b"lost",
        )
        async for event in taker.events():
            if isinstance(event, LinkUp):
                break
        await taker.disconnect()

    async def say(self, leaf: str, payload: bytes) -> None:
        topic = SERVER_STATE if leaf == "server/state" else of_kiosk(self._kiosk, leaf)
        await asyncio.to_thread(self._fleet.say, topic, payload)

    async def hear(self, leaf: str) -> bytes:
        payload, _ = await asyncio.to_thread(self._fleet.hear, of_kiosk(self._kiosk, leaf))
        return payload


@pytest.fixture(params=["broker", "twin"])
def side(request: pytest.FixtureRequest) -> Iterator[OtherSide]:
    if request.param == "twin":
        yield TwinSide()
        return
    mosquitto: Mosquitto = request.getfixturevalue("mosquitto")
    with FleetClient(mosquitto) as fleet:
        yield BrokerSide(mosquitto, fleet)


class Events:
    """What the link says, one event after another."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.queue: asyncio.Queue[LinkEvent] = asyncio.Queue()

    async def run(self) -> None:
        async for event in self._link.events():
            self.queue.put_nowait(event)

    async def next(self, kind: type[E]) -> E:
        while not isinstance(event := await self.queue.get(), kind):
            pass
        return event


@asynccontextmanager
async def running(link: Link) -> AsyncIterator[Events]:
    events = Events(link)
    task = asyncio.create_task(events.run())
    try:
        async with asyncio.timeout(WAIT_S):
            yield events
    finally:
        task.cancel()
        await asyncio.wait({task})
        await link.close(b"stopped")


def play(side: OtherSide, scene: Callable[[Events], Awaitable[None]]) -> None:
    async def play() -> None:
        async with running(side.link) as events:
            await side.let_in()
            await scene(events)

    asyncio.run(play())


def test_a_link_says_when_it_is_up(side: OtherSide) -> None:
    async def scene(events: Events) -> None:
        assert await events.next(LinkUp) == LinkUp(1)

    play(side, scene)


def test_what_is_published_reaches_the_other_side_in_order(side: OtherSide) -> None:
    async def scene(events: Events) -> None:
        await events.next(LinkUp)
        for number in range(5):
            side.link.publish("records", b"batch %d" % number)
        assert [await side.hear("records") for _ in range(5)] == [b"batch %d" % n for n in range(5)]

    play(side, scene)


def test_what_may_be_lost_arrives_over_a_line_that_holds(side: OtherSide) -> None:
    async def scene(events: Events) -> None:
        await events.next(LinkUp)
        side.link.publish("health", b"well", qos=0)
        assert await side.hear("health") == b"well"

    play(side, scene)


@pytest.mark.parametrize("leaf", ["receipt", "cards/page", "server/state", "status"])
def test_what_the_other_side_says_comes_in_by_its_leaf(side: OtherSide, leaf: str) -> None:
    async def scene(events: Events) -> None:
        await events.next(LinkUp)
        await side.say(leaf, b"of the server")
        while (event := await events.next(Incoming)).payload != b"of the server":
            pass  # a retained state of a test before
        assert event.leaf == leaf

    play(side, scene)


def test_what_is_published_without_a_connection_is_dropped(side: OtherSide) -> None:
    async def scene(events: Events) -> None:
        await events.next(LinkUp)
        side.link.publish("records", b"in time")
        assert await side.hear("records") == b"in time"

    side.link.publish("records", b"too early")
    play(side, scene)


def test_a_link_that_goes_leaves_its_farewell_as_the_status(side: OtherSide) -> None:
    async def scene(events: Events) -> None:
        await events.next(LinkUp)

    play(side, scene)
    assert asyncio.run(side.hear("status")) == b"stopped"


def test_a_broken_connection_is_said(side: OtherSide) -> None:
    async def scene(events: Events) -> None:
        await events.next(LinkUp)
        await side.throw_out()
        assert (await events.next(LinkDown)).why

    play(side, scene)
