"""A list key on its way to one start of one kiosk: sealed, so that the broker carries nothing it can read."""

from typing import Final

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from agent.wire.card_key import LIST_KEY_BYTES, ListKey
from agent.wire.sealing import SealBroken

BOX_KEY_BYTES: Final = PublicKey.SIZE
SEALED_KEY_BYTES: Final = 48 + LIST_KEY_BYTES


class KeyBox:
    """An X25519 key pair that lives as long as this process: what was sealed to it is of no use later."""

    def __init__(self) -> None:
        self._private = PrivateKey.generate()

    @property
    def public(self) -> bytes:
        return bytes(self._private.public_key)

    def open(self, sealed: bytes) -> ListKey:
        """Raises :class:`SealBroken`."""
        try:
            return ListKey(SealedBox(self._private).decrypt(sealed))
        except (CryptoError, RuntimeError, ValueError, TypeError) as error:
            raise SealBroken("the list key was sealed to somebody else, or was changed") from error


def seal_list_key(key: ListKey, public: bytes) -> bytes:
    """Raises :class:`SealBroken` for a public key that is none."""
    try:
        return SealedBox(PublicKey(public)).encrypt(key.reveal())
    except (CryptoError, RuntimeError, ValueError, TypeError) as error:
        raise SealBroken("nothing can be sealed to this key") from error
