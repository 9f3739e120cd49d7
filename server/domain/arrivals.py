"""What arrives from a kiosk, as values: who said it, when it came, and what it says."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from agent.wire.commands import Reply
from agent.wire.messages import (
    MAX_PAYLOAD_BYTES,
    Alert,
    CardsGet,
    ClockPair,
    Health,
    Info,
    Records,
    Status,
    WireError,
    decode,
)
from agent.wire.records import Epoch, Seq
from agent.wire.topics import alert_in, split


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
class HealthArrived:
    kiosk: str
    at: datetime
    health: Health


@dataclass(frozen=True, slots=True)
class AlertArrived:
    """``alert`` is ``None`` where the condition is over."""

    kiosk: str
    at: datetime
    name: str
    alert: Alert | None
    retained: bool


@dataclass(frozen=True, slots=True)
class CardsAsked:
    kiosk: str
    at: datetime
    request: CardsGet


@dataclass(frozen=True, slots=True)
class ReplyArrived:
    kiosk: str
    at: datetime
    reply: Reply


Written = BatchArrived | StatusArrived | InfoArrived | HealthArrived | AlertArrived | ReplyArrived
"""Arrivals that change the store; one transaction takes many."""
Arrival = Written | CardsAsked


def parse(  # noqa: PLR0911  (one line a topic)
    topic: str, payload: bytes, at: datetime, *, retained: bool
) -> Arrival:
    """Take a message apart. Raises :class:`WireError`, with nothing of topic or payload in its text."""
    place = split(topic)
    if place is None:
        raise WireError("a topic that is not of the contract")
    kiosk, leaf = place
    match leaf:
        case "records":
            return BatchArrived(kiosk, at, _batch(payload, at))
        case "status":
            return StatusArrived(kiosk, at, decode(payload, Status), retained)
        case "info":
            return InfoArrived(kiosk, at, decode(payload, Info), retained)
        case "health":
            return HealthArrived(kiosk, at, decode(payload, Health))
        case "reply":
            return ReplyArrived(kiosk, at, decode(payload, Reply))
        case "cards/get":
            return CardsAsked(kiosk, at, decode(payload, CardsGet))
        case _ if (name := alert_in(leaf)) is not None:
            return AlertArrived(kiosk, at, name, decode(payload, Alert) if payload else None, retained)
        case _:
            raise WireError("a topic that is not of the contract")


class _Rows(msgspec.Struct, frozen=True):
    """The least that a batch must say: whose rows these are. A fault beside them costs no fact."""

    epoch: Epoch
    first: Seq
    rows: tuple[msgspec.Raw, ...]


_rows_decoder = msgspec.json.Decoder(_Rows)


def _batch(payload: bytes, at: datetime) -> Records:
    """A batch, or of a broken one its rows: without an answer its kiosk could never send anything else."""
    try:
        return decode(payload, Records)
    except WireError:
        if len(payload) > MAX_PAYLOAD_BYTES:
            raise
        try:
            found = _rows_decoder.decode(payload)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            found = None
        if found is None or not found.rows:
            raise
        no_clock = ClockPair(boot_id="", boottime_ms=0, utc=at, source="none")
        return Records(epoch=found.epoch, first=found.first, clock=no_clock, rows=found.rows)
