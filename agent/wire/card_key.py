"""The keyed 64-bit hash that stands for a card's code in the list a kiosk holds."""

import hashlib
from typing import Final, Self

from agent.wire.card_code import CardCode

LIST_KEY_BYTES: Final = 32


class ListKey:
    """The fleet's list key. Given at enrolment, never sent over the broker; masks itself."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        if len(key) != LIST_KEY_BYTES:
            raise ValueError(f"a list key has {LIST_KEY_BYTES} bytes, this one {len(key)}")
        self._key = key

    @classmethod
    def from_hex(cls, text: str) -> Self:
        return cls(bytes.fromhex(text.strip()))

    def card_key(self, code: CardCode) -> int:
        """Keyed BLAKE2b of the code, 64 bits, unsigned. 10^6 cards: false accept 5·10⁻¹⁴."""
        digest = hashlib.blake2b(code.reveal().encode(), digest_size=8, key=self._key).digest()
        return int.from_bytes(digest, "big")

    def __repr__(self) -> str:
        return "ListKey(•••)"
