"""The keyed 64-bit hash that stands for a card's code in the list a kiosk holds."""

import hashlib
import hmac
from typing import Final, Self

from agent.wire.card_code import CardCode

LIST_KEY_BYTES: Final = 32
_NAMED: Final = b"the list key of a fleet"


class ListKey:
    """A list key of the fleet: the first is given at enrolment, a later one comes sealed; masks itself."""

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

    @property
    def id(self) -> str:
        """Names the key and tells nothing of it: 16 digits of hex."""
        return hashlib.blake2b(_NAMED, digest_size=8, key=self._key, person=b"list key id").hexdigest()

    def reveal(self) -> bytes:
        return self._key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ListKey) and hmac.compare_digest(self._key, other._key)

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return "ListKey(•••)"
