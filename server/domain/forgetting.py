"""A kept record without the card's code in it."""

from typing import Final

import msgspec

from agent.wire.card_code import CardCode
from agent.wire.sealing import SealBroken
from server.domain.facts import Unseal

_FIELD: Final = "code_sealed"
_decoder: Final = msgspec.json.Decoder()
_encoder: Final = msgspec.json.Encoder(order="sorted")


def without_code(body: bytes) -> bytes:
    """The record as it was, but for its sealed code. What is no record keeps nothing."""
    record = _record(body)
    if record is None:
        return b""
    return _encoder.encode(record | {_FIELD: ""}) if _FIELD in record else body


def sealed_in(body: bytes, unseal: Unseal) -> CardCode | None:
    """The code that a record holds, where its seal can be opened."""
    sealed = (_record(body) or {}).get(_FIELD)
    try:
        return unseal(sealed) if isinstance(sealed, str) else None
    except SealBroken:
        return None


def _record(body: bytes) -> dict[str, object] | None:
    try:
        found = _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
