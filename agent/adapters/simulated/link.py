"""Link without a broker: a test plays the other side."""

import asyncio
from collections.abc import AsyncIterator

from agent.ports.link import Incoming, LinkDown, LinkEvent, LinkUp, QoS


class SimulatedLink:
    """``published`` holds (leaf, payload, retain) of what was handed over while up."""

    def __init__(self) -> None:
        self.published: list[tuple[str, bytes, bool]] = []
        self.connected = False
        self._connection = 0
        self._events: asyncio.Queue[LinkEvent] = asyncio.Queue()

    async def events(self) -> AsyncIterator[LinkEvent]:
        while True:
            yield await self._events.get()

    def publish(self, leaf: str, payload: bytes, *, retain: bool = False, qos: QoS = 1) -> None:
        del qos  # the twin loses nothing
        if self.connected:
            self.published.append((leaf, payload, retain))

    async def close(self, farewell: bytes) -> None:
        self.publish("status", farewell, retain=True)
        self.connected = False

    def connect(self) -> None:
        self.connected = True
        self._connection += 1
        self._events.put_nowait(LinkUp(self._connection))

    def disconnect(self, why: str = "the broker went away", *, taken_over: bool = False) -> None:
        self.connected = False
        self._events.put_nowait(LinkDown(why, taken_over))

    def deliver(self, leaf: str, payload: bytes) -> None:
        self._events.put_nowait(Incoming(leaf, payload))
