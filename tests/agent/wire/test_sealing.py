"""Codes sealed to the fleet's key."""

import base64

import pytest
from nacl.public import PrivateKey

from agent.wire.sealing import SealBroken, seal, unseal
from tests.agent.examples import ANNA

FLEET = PrivateKey.generate()
PUBLIC = bytes(FLEET.public_key)


def test_only_the_fleet_opens_what_a_kiosk_sealed() -> None:
    sealed = seal(ANNA, PUBLIC)
    assert unseal(sealed, bytes(FLEET)) == ANNA
    with pytest.raises(SealBroken):
        unseal(sealed, bytes(PrivateKey.generate()))


def test_the_same_code_is_sealed_anew_each_time_so_that_visits_cannot_be_linked() -> None:
    assert seal(ANNA, PUBLIC) != seal(ANNA, PUBLIC)


def test_a_sealed_code_has_58_bytes_and_shows_nothing_of_it() -> None:
    box = base64.b64decode(seal(ANNA, PUBLIC))
    assert len(box) == 48 + len(ANNA.reveal())
    assert ANNA.reveal().encode() not in box


@pytest.mark.parametrize("sealed", ["", "no base64!", "c2hvcnQ=", "ä" * 20, "A" * 256])
def test_what_is_no_sealed_code_is_one_error(sealed: str) -> None:
    with pytest.raises(SealBroken):
        unseal(sealed, bytes(FLEET))


def test_a_sealed_code_that_was_changed_does_not_open() -> None:
    box = bytearray(base64.b64decode(seal(ANNA, PUBLIC)))
    box[-1] ^= 1
    with pytest.raises(SealBroken):
        unseal(base64.b64encode(box).decode(), bytes(FLEET))
