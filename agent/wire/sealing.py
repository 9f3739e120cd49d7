"""Codes sealed to the fleet's public key: the kiosk cannot read them back, a thief neither."""

import base64
import binascii
from collections.abc import Callable

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from agent.wire.card_code import CardCode


class SealBroken(Exception):  # noqa: N818  (a state of the thing, as the wire's other errors)
    """The sealed text was not made for this key, or was changed."""


def seal(code: CardCode, public_key: bytes) -> str:
    """Seal ``code`` in an X25519 sealed box: base64 of 48 + len(code) bytes, anew at each call."""
    box = SealedBox(PublicKey(public_key))
    return base64.b64encode(box.encrypt(code.reveal().encode())).decode()


def unseal(sealed: str, private_key: bytes) -> CardCode:
    """Open what :func:`seal` made. Raises :class:`SealBroken`."""
    return opener(private_key)(sealed)


def opener(private_key: bytes) -> Callable[[str], CardCode]:
    """:func:`unseal` for many codes: what depends on the key alone, half of the work, is done once."""
    box = SealedBox(PrivateKey(private_key))

    def unseal_one(sealed: str) -> CardCode:
        try:
            return CardCode(box.decrypt(base64.b64decode(sealed, validate=True)).decode())
        except (CryptoError, binascii.Error, UnicodeDecodeError, ValueError, TypeError) as error:
            raise SealBroken("the sealed code cannot be opened with this fleet's key") from error

    return unseal_one
