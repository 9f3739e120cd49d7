"""What arrives from a kiosk, as values: who said it, when it came, and what it says."""

from dataclasses import dataclass
from datetime import datetime

from agent.wire.messages import CardsGet, Info, Records, Status, WireError, decode
from agent.wire.topics import split


@dataclass(frozen=True, slots=True)
class BatchArrived:
    kiosk: str
    at: datetime
    batch: Records


@dataclass(frozen=True, slots=True)
class StatusArrived:
    """``retained``: the broker's memory, not a sign of life."""

    kiosk: str
    at: datetime
    status: Status
    retained: bool


@dataclass(frozen=True, slots=True)
class InfoArrived:
    kiosk: str
    at: datetime
    info: Info
    retained: bool


@dataclass(frozen=True, slots=True)
class CardsAsked:
    kiosk: str
    at: datetime
    request: CardsGet


Written = BatchArrived | StatusArrived | InfoArrived
"""Arrivals that change the store; one transaction takes many."""
Arrival = Written | CardsAsked


def parse(topic: str, payload: bytes, at: datetime, *, retained: bool) -> Arrival:
    """Take a message apart. Raises :class:`WireError`, with nothing of topic or payload in its text."""
    place = split(topic)
    if place is None:
        raise WireError("a topic that is not of the contract")
    kiosk, leaf = place
    match leaf:
        case "records":
            return BatchArrived(kiosk, at, decode(payload, Records))
        case "status":
            return StatusArrived(kiosk, at, decode(payload, Status), retained)
        case "info":
            return InfoArrived(kiosk, at, decode(payload, Info), retained)
        case "cards/get":
            return CardsAsked(kiosk, at, decode(payload, CardsGet))
        case _:
            raise WireError("a topic that is not of the contract")
