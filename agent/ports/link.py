"""Link: the connection to the broker as the kiosk needs it. Nothing that matters lives in it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class LinkUp:
    """Connected and subscribed. ``connection`` is the number in this connection's will."""

    connection: int


@dataclass(frozen=True, slots=True)
class LinkDown:
    """``taken_over``: another client has come with this kiosk's name."""

    why: str
    taken_over: bool = False


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message; ``leaf`` is its topic below ``k/{id}/``, or ``server/state``."""

    leaf: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class NotDelivered:
    """The broker refused a publish, or nobody was there to take it (reasons ≥ 128, and 16)."""

    leaf: str
    why: str


QoS = Literal[0, 1]
"""MQTT's: at most once, or at least once."""

LinkEvent = LinkUp | LinkDown | Incoming | NotDelivered


class Link(Protocol):
    def events(self) -> AsyncIterator[LinkEvent]:
        """Connect, and connect again whenever it breaks, with jittered backoff; without end."""
        ...

    def publish(self, leaf: str, payload: bytes, *, retain: bool = False, qos: QoS = 1) -> None:
        """Hand a message over, if connected; else it is dropped. Delivery is never assumed.

        One of ``qos`` 0 is gone where nobody hears it, and :class:`NotDelivered` is not said of it.
        """
        ...

    async def close(self, farewell: bytes) -> None:
        """Publish ``farewell`` as the retained status and go."""
        ...
