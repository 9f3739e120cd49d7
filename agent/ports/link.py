"""Link: the connection to the broker as the kiosk needs it. Nothing that matters lives in it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol


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


LinkEvent = LinkUp | LinkDown | Incoming | NotDelivered


class Link(Protocol):
    def events(self) -> AsyncIterator[LinkEvent]:
        """Connect, and connect again whenever it breaks, with jittered backoff; without end."""
        ...

    def publish(self, leaf: str, payload: bytes, *, retain: bool = False) -> None:
        """Hand a message over, if connected; else it is dropped. Delivery is never assumed."""
        ...

    async def close(self, farewell: bytes) -> None:
        """Publish ``farewell`` as the retained status and go."""
        ...
