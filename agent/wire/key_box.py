"""What is for one start of one kiosk alone: sealed to it, so that the broker carries nothing it can read."""

import re
from typing import Final

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from agent.wire.card_code import MAX_CODE_CHARS, CardCode
from agent.wire.card_key import LIST_KEY_BYTES, ListKey
from agent.wire.sealing import SealBroken

BOX_KEY_BYTES: Final = PublicKey.SIZE
SEALED_KEY_BYTES: Final = 48 + LIST_KEY_BYTES
SEALED_CODE_BYTES: Final = 48 + MAX_CODE_CHARS
"""Whatever the code's length."""


class KeyBox:
    """An X25519 key pair that lives as long as this process: what was sealed to it is of no use later."""

    def __init__(self) -> None:
        self._private = PrivateKey.generate()

    @property
    def public(self) -> bytes:
        return bytes(self._private.public_key)

    def open(self, sealed: bytes) -> ListKey:
        """A list key. Raises :class:`SealBroken`."""
        try:
            return ListKey(self._opened(sealed, "the list key"))
        except ValueError as error:
            raise SealBroken("what was sealed is no list key") from error

    def open_code(self, sealed: bytes, pattern: re.Pattern[str]) -> CardCode:
        """A card's code. Raises :class:`SealBroken`."""
        try:
            code = CardCode.parse(self._opened(sealed, "the code").decode().strip(), pattern)
        except UnicodeDecodeError as error:
            raise SealBroken("what was sealed is no text") from error
        if code is None:
            raise SealBroken("what was sealed is no code of these cards")
        return code

    def _opened(self, sealed: bytes, what: str) -> bytes:
        try:
            return SealedBox(self._private).decrypt(sealed)
        except (CryptoError, RuntimeError, ValueError, TypeError) as error:
            raise SealBroken(f"{what} was sealed to somebody else, or was changed") from error


def seal_list_key(key: ListKey, public: bytes) -> bytes:
    """Raises :class:`SealBroken` for a public key that is none."""
    return _sealed(key.reveal(), public)


def seal_code(code: CardCode, public: bytes) -> bytes:
    """All alike in length. Raises :class:`SealBroken`."""
    return _sealed(code.reveal().encode().ljust(MAX_CODE_CHARS), public)


def _sealed(content: bytes, public: bytes) -> bytes:
    try:
        return SealedBox(PublicKey(public)).encrypt(content)
    except (CryptoError, RuntimeError, ValueError, TypeError) as error:
        raise SealBroken("nothing can be sealed to this key") from error
