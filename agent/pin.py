"""The staff's PIN as it stands in ``kiosk.toml``: hashed slowly, for a PIN is short."""

import base64
import hashlib
import hmac
import re
import secrets
from typing import Final

from agent.told import ToldError

MIN_DIGITS: Final = 4
MAX_DIGITS: Final = 12
_DIGITS: Final = re.compile(f"[0-9]{{{MIN_DIGITS},{MAX_DIGITS}}}")
_LOG2_N: Final = 14
"""16 MB and a fifth of a second on the smallest Pi."""
_R: Final = 8
_P: Final = 1
_MEMORY: Final = 64 * 1024 * 1024
_HASH: Final = re.compile(r"scrypt\$(1[0-5])\$([A-Za-z0-9+/]{22}==)\$([A-Za-z0-9+/]{43}=)")


class PinError(ToldError):
    """No PIN of ours; the text says what is one."""


def hash_pin(pin: str) -> str:
    """Another text at each call. Raises :class:`PinError`."""
    if not _DIGITS.fullmatch(pin):
        raise PinError(
            f"A PIN is {MIN_DIGITS} to {MAX_DIGITS} digits: they are typed on the kiosk's own screen."
        )
    salt = secrets.token_bytes(16)
    return f"scrypt${_LOG2_N}${_text(salt)}${_text(_scrypt(pin, salt, _LOG2_N))}"


def is_pin_hash(text: str) -> bool:
    return _HASH.fullmatch(text) is not None


def is_pin(pin: str, pin_hash: str) -> bool:
    """Whether ``pin_hash`` was made of ``pin``. Slow on purpose: not for the event loop."""
    if (parts := _HASH.fullmatch(pin_hash)) is None:
        return False
    log2_n, salt, expected = int(parts[1]), base64.b64decode(parts[2]), base64.b64decode(parts[3])
    return hmac.compare_digest(_scrypt(pin, salt, log2_n), expected)


def _scrypt(pin: str, salt: bytes, log2_n: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=2**log2_n, r=_R, p=_P, maxmem=_MEMORY, dklen=32)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
