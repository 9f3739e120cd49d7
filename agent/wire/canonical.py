"""Canonical bytes of a record and their digest: what makes a resend harmless and a change visible."""

import hashlib
from typing import Final

import msgspec

from agent.wire.records import Record

DIGEST_BYTES: Final = 16

_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder()


def canonical_record(record: Record) -> bytes:
    """UTF-8 JSON, keys sorted, no blanks: the bytes that a kiosk keeps and sends."""
    return canonical(_encoder.encode(record))


def canonical(document: bytes | msgspec.Raw) -> bytes:
    """The canonical form of any JSON text, fields this version does not know included."""
    return _encoder.encode(_decoder.decode(document))


def digest(document: bytes | msgspec.Raw) -> bytes:
    """BLAKE2b-128 of the canonical form."""
    return hashlib.blake2b(canonical(document), digest_size=DIGEST_BYTES).digest()
