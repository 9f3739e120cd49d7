"""A list key that is sealed to one start of a kiosk is of no use to anybody else."""

import re
from collections.abc import Callable

import pytest

from agent.wire.card_code import DEFAULT_PATTERN, CardCode
from agent.wire.card_key import ListKey
from agent.wire.key_box import (
    BOX_KEY_BYTES,
    SEALED_CODE_BYTES,
    SEALED_KEY_BYTES,
    KeyBox,
    seal_code,
    seal_list_key,
)
from agent.wire.sealing import SealBroken
from tests.agent.examples import LIST_KEY


def test_whose_box_it_is_reads_the_key_and_nobody_else() -> None:
    box = KeyBox()
    sealed = seal_list_key(LIST_KEY, box.public)
    assert (len(box.public), len(sealed)) == (BOX_KEY_BYTES, SEALED_KEY_BYTES)
    assert box.open(sealed) == LIST_KEY
    assert LIST_KEY.reveal() not in sealed
    with pytest.raises(SealBroken):
        KeyBox().open(sealed)


def test_a_sealed_key_is_another_text_each_time() -> None:
    box = KeyBox()
    assert seal_list_key(LIST_KEY, box.public) != seal_list_key(LIST_KEY, box.public)


@pytest.mark.parametrize("spoil", [lambda s: s[:-1], lambda s: s[:0], lambda s: s[:-1] + bytes([s[-1] ^ 1])])
def test_a_changed_seal_is_refused_without_its_content(spoil: Callable[[bytes], bytes]) -> None:
    box = KeyBox()
    with pytest.raises(SealBroken) as refusal:
        box.open(spoil(seal_list_key(ListKey(b"secret--" * 4), box.public)))
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("public", [b"", bytes(32), bytes([1]) + bytes(31), b"x" * 33])
def test_what_is_no_public_key_gets_nothing(public: bytes) -> None:
    with pytest.raises(SealBroken):
        seal_list_key(LIST_KEY, public)


@pytest.mark.parametrize("text", ["A999123453", "A1", "A" * 32])
def test_a_code_is_read_by_its_kiosk_alone_and_is_as_long_as_any(text: str) -> None:
    box, any_code = KeyBox(), re.compile("A[0-9A]*")
    sealed = seal_code(CardCode(text), box.public)
    assert len(sealed) == SEALED_CODE_BYTES
    assert box.open_code(sealed, any_code) == CardCode(text)
    with pytest.raises(SealBroken):
        KeyBox().open_code(sealed, any_code)


def test_what_is_no_code_of_these_cards_is_not_taken_for_one() -> None:
    box = KeyBox()
    for sealed in (seal_code(CardCode("B1"), box.public), seal_list_key(LIST_KEY, box.public), b""):
        with pytest.raises(SealBroken) as refusal:
            box.open_code(sealed, re.compile(DEFAULT_PATTERN))
        assert "B1" not in str(refusal.value)
    with pytest.raises(SealBroken):
        box.open(seal_code(CardCode("A999123453"), box.public)[:-1])
