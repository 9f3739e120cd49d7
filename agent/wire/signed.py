"""Hashes of 64 bits as databases keep them: their integers have a sign, and the bits stay the same."""

from typing import Final

_SIGN: Final = 2**63
_WRAP: Final = 2**64


def signed(value: int) -> int:
    return value - _WRAP if value >= _SIGN else value


def unsigned(value: int) -> int:
    return value % _WRAP
