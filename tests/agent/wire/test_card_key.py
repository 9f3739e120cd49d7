"""The keyed hash that stands for a code in the list."""

import pytest

from agent.wire.card_key import ListKey
from tests.agent.examples import ANNA, BENGT, LIST_KEY


def test_a_card_s_key_is_pinned() -> None:
    # Server and every kiosk must agree on it for ever.
    assert LIST_KEY.card_key(ANNA) == 0x8E71ACD468EBAE03


def test_another_card_or_another_list_key_gives_another_key() -> None:
    keys = {LIST_KEY.card_key(ANNA), LIST_KEY.card_key(BENGT), ListKey(bytes(32)).card_key(ANNA)}
    assert len(keys) == 3
    assert all(0 <= key < 2**64 for key in keys)


def test_a_list_key_comes_from_a_file_s_hex() -> None:
    assert ListKey.from_hex("000102" + "00" * 29 + "\n").card_key(ANNA) != LIST_KEY.card_key(ANNA)


@pytest.mark.parametrize("text", ["", "00" * 31, "00" * 33, "zz" * 32])
def test_what_is_no_list_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"list key|hexadecimal"):
        ListKey.from_hex(text)


def test_a_list_key_masks_itself() -> None:
    assert repr(ListKey(b"secret--" * 4)) == str(ListKey(bytes(32))) == "ListKey(•••)"


def test_a_list_key_has_a_name_that_tells_nothing_of_it_and_never_changes() -> None:
    assert LIST_KEY.id == "972fb944b733a645"
    assert ListKey(bytes(32)).id != LIST_KEY.id
    assert int(LIST_KEY.id, 16) not in {LIST_KEY.card_key(ANNA), LIST_KEY.card_key(BENGT)}


def test_list_keys_are_one_where_their_bytes_are() -> None:
    assert ListKey(bytes(range(32))) == LIST_KEY
    assert ListKey(bytes(32)) != LIST_KEY
    assert LIST_KEY.id != LIST_KEY
    assert len({ListKey(bytes(range(32))), LIST_KEY}) == 1
