"""What lies between the kiosk and the server: a broker that forgets nothing retained, and wires that fail."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from agent.adapters.simulated.link import SimulatedLink
from agent.ports.link import NotDelivered, QoS
from agent.wire.topics import ROOT, split

MOST_DELAY_S: Final = 0.2


@dataclass
class Network:
    """``to_server`` takes (leaf, payload) and says whether anybody was there."""

    chance: random.Random
    to_server: Callable[[str, bytes], bool] = lambda _leaf, _payload: False
    up: bool = True
    lossy: bool = False
    """Messages are lost, come late and come twice."""
    link: "VenueLink | None" = None
    retained: dict[str, bytes] = field(default_factory=dict)

    def plug_in(self, link: "VenueLink | None") -> None:
        """The kiosk that runs now; ``None`` when its power is gone."""
        self.link = link
        if link is not None and self.up:
            self._connect(link)

    def turn(self, *, up: bool) -> None:
        self.up = up
        if self.link is None:
            return
        if up:
            self._connect(self.link)
        else:
            self.link.disconnect("the venue's network is down")

    def from_server(self, topic: str, payload: bytes, *, retain: bool) -> None:
        place = split(topic)
        leaf = place[1] if place else topic.removeprefix(f"{ROOT}/")
        if retain:
            self.retained[leaf] = payload
            # A broker gives what it retains to every connection: late, but never lost, and the newest last.
            self._carry(lambda: self._into_kiosk(leaf, self.retained[leaf]), surely=True)
        else:
            self._carry(lambda: self._into_kiosk(leaf, payload))

    def from_kiosk(self, leaf: str, payload: bytes) -> None:
        self._carry(lambda: self._into_server(leaf, payload))

    def _connect(self, link: "VenueLink") -> None:
        link.connect()
        for leaf, payload in self.retained.items():
            link.deliver(leaf, payload)

    def _carry(self, arrive: Callable[[], None], *, surely: bool = False) -> None:
        loop = asyncio.get_running_loop()
        times, longest = 1, MOST_DELAY_S
        if self.lossy:
            times, longest = 1 if surely else self.chance.choice([0, 0, 1, 1, 2]), 30.0
        for _ in range(times):
            loop.call_later(self.chance.uniform(0.001, longest), arrive)

    def _into_kiosk(self, leaf: str, payload: bytes) -> None:
        if self.link is not None and self.up:
            self.link.deliver(leaf, payload)

    def _into_server(self, leaf: str, payload: bytes) -> None:
        if self.up and not self.to_server(leaf, payload) and leaf == "records" and self.link is not None:
            self.link.refuse(leaf)


class VenueLink(SimulatedLink):
    """One life of the kiosk's connection."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self._network = network

    def publish(self, leaf: str, payload: bytes, *, retain: bool = False, qos: QoS = 1) -> None:
        del retain, qos  # the net is as it is, and nobody but the server reads here
        if self.connected:
            self._network.from_kiosk(leaf, payload)

    def refuse(self, leaf: str) -> None:
        self._events.put_nowait(NotDelivered(leaf, "nobody was there to take it"))
