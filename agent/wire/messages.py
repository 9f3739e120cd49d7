"""The messages of the contract as closed types, and the one codec for them."""

import re
from typing import Annotated, Final, Literal, TypeVar

import msgspec

from agent.wire.commands import Command, Reply
from agent.wire.records import (
    MAX_BATCH_ROWS,
    CardKind,
    Epoch,
    Record,
    Seq,
    ShortText,
    UtcTime,
    type_field,
)

MAX_PAYLOAD_BYTES: Final = 128 * 1024

Revision = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
KeyId = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$", max_length=16)]
Generation = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$", max_length=32)]


class WireError(Exception):
    """A message that is not of the contract. The text says what is wrong and holds none of its content."""


class Status(msgspec.Struct, frozen=True, kw_only=True, tag="status/1", tag_field=type_field):
    """Retained; the will is the same with ``lost``. ``connection`` counts up, so a stale will can be told."""

    state: Literal["online", "stopped", "lost"]
    boot_id: ShortText
    connection: Annotated[int, msgspec.Meta(ge=0)]


PublicKey = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]


class OutboxEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An epoch with rows the server has not receipted."""

    epoch: Epoch
    rows: Annotated[int, msgspec.Meta(ge=0)]


class Info(msgspec.Struct, frozen=True, kw_only=True, tag="info/1", tag_field=type_field):
    """Birth of a connection: what this kiosk is. Retained.

    ``paused`` by its staff. ``seal_to`` is this run's public key, X25519: what only this kiosk may read is
    sealed to it. Kiosks of an earlier version say neither.
    """

    software: ShortText
    model: ShortText
    serial: ShortText
    camera: ShortText
    engines: tuple[ShortText, ...]
    screen: ShortText
    zone: ShortText
    config_version: ShortText
    cards_revision: Revision
    cards_count: Annotated[int, msgspec.Meta(ge=0)]
    outbox: tuple[OutboxEntry, ...]
    paused: bool | msgspec.UnsetType = msgspec.UNSET
    seal_to: PublicKey | msgspec.UnsetType = msgspec.UNSET


class Alert(msgspec.Struct, frozen=True, kw_only=True, tag="alert/1", tag_field=type_field):
    """A condition that asks for a person, by the name in its topic. Retained while it lasts, then cleared.

    ``since`` is ``None`` where the kiosk did not know the time. ``detail`` is for technicians, in English.
    """

    since: UtcTime | None
    detail: Annotated[str, msgspec.Meta(max_length=256)]


ClockSource = Literal["ntp", "rtc", "server", "trusted", "none"]


class ClockPair(msgspec.Struct, frozen=True, kw_only=True):
    """Stopwatch and calendar read together; ``source`` says who set the calendar."""

    boot_id: ShortText
    boottime_ms: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    utc: UtcTime
    source: ClockSource


Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Milliseconds = Annotated[float, msgspec.Meta(ge=0, le=1e9)]


class CameraHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How the camera sees and the reading fares. Counts are since the agent's start.

    ``failures``: pictures that a decoder failed on; ``unread``: times that something like a code was held
    up and not read; ``foreign``: codes that are not ours, as often as one came into view. Of the picture in
    the middle, where cards are held: ``sharpness``, and the shares that are ``dark`` and ``blown`` out.
    ``None`` where there is no picture, or it cannot be told.
    """

    frames: Count
    restarts: Count
    failures: Count
    unread: Count
    foreign: Count
    decode_ms: Milliseconds
    sharpness: Share | None
    dark: Share | None
    blown: Share | None
    exposure_ms: Milliseconds | None


class Health(msgspec.Struct, frozen=True, kw_only=True, tag="health/1", tag_field=type_field):
    """How a kiosk is, at each connection and every minute of it. Not retained, and lost where nobody listens.

    ``waiting`` rows have no receipt, the oldest of them for ``oldest_s`` seconds; ``list_age_s`` is since the
    server last confirmed the card list. ``None`` where no clock of the kiosk can tell. ``camera`` comes once
    one has opened.
    """

    clock: ClockPair
    waiting: Annotated[int, msgspec.Meta(ge=0)]
    oldest_s: Annotated[int, msgspec.Meta(ge=0)] | None
    list_age_s: Annotated[int, msgspec.Meta(ge=0)] | None
    camera: CameraHealth | msgspec.UnsetType = msgspec.UNSET


class Records(msgspec.Struct, frozen=True, kw_only=True, tag="records/1", tag_field=type_field):
    """A batch: contiguous rows of one epoch from ``first`` on, each as its canonical bytes.

    ``kept_from`` is the oldest row of the epoch that the kiosk still has, where that is not row 0: the
    server waits for none below it. ``heard`` is what a receipt once said of the clock of another boot, which
    wrote these rows: a server that was restored has forgotten it.
    """

    epoch: Epoch
    first: Seq
    kept_from: Seq | msgspec.UnsetType = msgspec.UNSET
    clock: ClockPair
    heard: ClockPair | msgspec.UnsetType = msgspec.UNSET
    rows: Annotated[tuple[msgspec.Raw, ...], msgspec.Meta(min_length=1, max_length=MAX_BATCH_ROWS)]


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    seq: Seq
    why: Annotated[str, msgspec.Meta(max_length=256)]


class NotTaken(msgspec.Struct, frozen=True, kw_only=True):
    """A batch of several rows that the server could not take as a whole: it is to be halved."""

    first: Seq
    why: Annotated[str, msgspec.Meta(max_length=256)]


class Receipt(msgspec.Struct, frozen=True, kw_only=True, tag="receipt/1", tag_field=type_field):
    """After the server's commit: everything up to ``upto`` is stored or refused; -1 where nothing is.

    An ``upto`` before the batch says that rows below it are missing: the kiosk goes back to them. ``heard``
    is the batch's own stopwatch with the time that the server takes it for.
    """

    generation: Generation
    epoch: Epoch
    upto: Annotated[int, msgspec.Meta(ge=-1, le=2**53)]
    refused: tuple[Refused, ...] = ()
    not_taken: NotTaken | msgspec.UnsetType = msgspec.UNSET
    heard: ClockPair | msgspec.UnsetType = msgspec.UNSET


class CardsState(msgspec.Struct, frozen=True, kw_only=True):
    """``generation`` is the list's, where it has another than the database: its key was changed."""

    revision: Revision
    generation: Generation | msgspec.UnsetType = msgspec.UNSET


class ServerState(msgspec.Struct, frozen=True, kw_only=True, tag="server-state/1", tag_field=type_field):
    """Retained; a nudge at the server's start and whenever the list changed."""

    generation: Generation
    since: UtcTime
    cards: CardsState


class CardsGet(msgspec.Struct, frozen=True, kw_only=True, tag="cards-get/1", tag_field=type_field):
    """``since`` 0 is a first fill; ``generation`` is the one the kiosk's list is of, if it has one.

    ``key_id`` names the list key that the kiosk holds, ``seal_to`` is this run's public key: X25519, to
    which another list key can be sealed.
    """

    generation: Generation | None
    since: Revision
    limit: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    key_id: KeyId | msgspec.UnsetType = msgspec.UNSET
    seal_to: PublicKey | msgspec.UnsetType = msgspec.UNSET


class PageEnd(msgspec.Struct, frozen=True, kw_only=True):
    """On the last page, read in the page's own transaction; the checksum is of the whole list."""

    revision: Revision
    count: Annotated[int, msgspec.Meta(ge=0)]
    checksum: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$", max_length=16)]


class CardsPage(msgspec.Struct, frozen=True, kw_only=True, tag="cards-page/1", tag_field=type_field):
    """The rows with ``since`` < revision ≤ ``upto``, packed by :mod:`agent.wire.card_page`.

    ``key_id`` names the list key of these rows; ``sealed_key`` is that key for a kiosk that holds another
    (:mod:`agent.wire.key_box`).
    """

    generation: Generation
    since: Revision
    upto: Revision
    rows: Annotated[bytes, msgspec.Meta(max_length=MAX_PAYLOAD_BYTES)]
    end: PageEnd | None = None
    key_id: KeyId | msgspec.UnsetType = msgspec.UNSET
    sealed_key: Annotated[bytes, msgspec.Meta(min_length=80, max_length=80)] | msgspec.UnsetType = (
        msgspec.UNSET
    )


Message = (
    Status | Info | Alert | Health | Records | Receipt | ServerState | CardsGet | CardsPage | Command | Reply
)

T = TypeVar("T", bound=Message)

_encoder = msgspec.json.Encoder()
_record_decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)


def encode(message: Message) -> bytes:
    return _encoder.encode(message)


def decode(payload: bytes, kind: type[T]) -> T:
    """Take ``payload`` as a message of ``kind``. Raises :class:`WireError`."""
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise WireError(f"{len(payload)} bytes are more than the contract's {MAX_PAYLOAD_BYTES}")
    return _decode(payload, msgspec.json.Decoder(kind))


def decode_record(row: bytes | msgspec.Raw) -> Record:
    """Take one row of a batch as a record. Raises :class:`WireError`."""
    return _decode(row, _record_decoder)


D = TypeVar("D")


def _decode(payload: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[D]) -> D:
    try:
        return decoder.decode(payload)
    except msgspec.ValidationError as error:
        raise WireError(_without_content(str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"not a JSON document: {type(error).__name__}") from None


def _without_content(reason: str) -> str:
    """The decoder quotes a value it does not know; a peer's text has no place in a log."""
    return re.sub(r""" (['"]).*\1""", "", reason, flags=re.DOTALL)


__all__ = [
    "Alert",
    "CardKind",
    "CardsGet",
    "CardsPage",
    "CardsState",
    "ClockPair",
    "ClockSource",
    "Generation",
    "Health",
    "Info",
    "Message",
    "NotTaken",
    "OutboxEntry",
    "PageEnd",
    "Receipt",
    "Records",
    "Refused",
    "Revision",
    "ServerState",
    "Status",
    "WireError",
    "decode",
    "decode_record",
    "encode",
]
