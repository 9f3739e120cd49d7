"""A row of a batch made a fact: what it is, or why it is refused. Nothing is judged anew, nothing dropped."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, assert_never

import msgspec

from agent.wire.canonical import DIGEST_BYTES, digest
from agent.wire.card_code import MAX_CODE_CHARS, CardCode
from agent.wire.messages import Records, WireError, decode_record
from agent.wire.records import ByHand, Correction, Digest, Opened, Record, Scan, Stamp
from agent.wire.sealing import SealBroken

RecordState = Literal["stored", "refused", "misplaced"]
Unseal = Callable[[str], CardCode]
"""Opens a sealed code. Raises :class:`SealBroken`."""

MAX_WHY_CHARS: Final = 256


@dataclass(frozen=True, slots=True)
class Named:
    """A row under the name that its place in the batch gives it, not yet looked into."""

    seq: int
    digest: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Opening:
    """Record 0 of an epoch."""

    opened: Opened


@dataclass(frozen=True, slots=True)
class Scanned:
    """A card that was judged, with its code opened; the test card has none."""

    scan: Scan
    code: CardCode | None


@dataclass(frozen=True, slots=True)
class LetIn:
    """Somebody came in by hand."""

    by_hand: ByHand


@dataclass(frozen=True, slots=True)
class Corrected:
    """What another record says is to be read otherwise."""

    correction: Correction


@dataclass(frozen=True, slots=True)
class Digested:
    """As of its clock the kiosk had written no more than what is before it."""

    digest: Digest


@dataclass(frozen=True, slots=True)
class Refusal:
    """Not understood. ``why`` holds none of the row's content: it goes to the kiosk and to the log."""

    why: str


Content = Opening | Scanned | LetIn | Corrected | Digested | Refusal


def name_rows(batch: Records) -> list[Named]:
    bodies = enumerate(map(bytes, batch.rows), start=batch.first)
    return [Named(seq, _digest(body), body) for seq, body in bodies]


def read(row: Named, unseal: Unseal) -> Content:
    """Understand ``row``, or say why not."""
    try:
        record = _in_place(decode_record(row.body), row.seq)
        match record:
            case Opened():
                return Opening(record)
            case Digest():
                return Digested(record)
            case Scan():
                _printable(record.reason, record.venue)
                code = None if record.test else _storable(unseal(record.code_sealed))
                return Scanned(record, code)
            case ByHand():
                _printable(record.reason, record.venue)
                return LetIn(record)
            case Correction():
                _printable(record.why)
                return Corrected(record)
            case _:
                assert_never(record)
    except (WireError, SealBroken) as error:
        return Refusal(str(error)[:MAX_WHY_CHARS])


def type_of(content: Content) -> str:
    match content:
        case Opening():
            return "opened/1"
        case Scanned():
            return "scan/1"
        case LetIn():
            return "by_hand/1"
        case Corrected():
            return "correction/1"
        case Digested():
            return "digest/1"
        case Refusal():
            return ""
        case _:
            assert_never(content)


def stamp_of(content: Content) -> Stamp | None:
    match content:
        case Opening(record) | Scanned(record) | LetIn(record) | Corrected(record) | Digested(record):
            return record.clock
        case Refusal():
            return None
        case _:
            assert_never(content)


def _digest(body: bytes) -> bytes:
    """Of the canonical form where there is one: what cannot be parsed is still told apart by its bytes."""
    try:
        return digest(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError):
        return hashlib.blake2b(body, digest_size=DIGEST_BYTES).digest()


def _in_place(record: Record, seq: int) -> Record:
    if record.seq == seq:
        return record
    raise WireError("the row's seq is not the one that its place in the batch gives")


def _printable(*texts: str) -> None:
    if not all(text.isprintable() for text in texts):
        raise WireError("a text with control characters")


def _storable(code: CardCode) -> CardCode:
    """The kiosk knows the shape of its codes; here only what no table and no page could bear is refused."""
    text = code.reveal()
    if 0 < len(text) <= MAX_CODE_CHARS and text.isprintable():
        return code
    raise WireError("the sealed text is no card code")
