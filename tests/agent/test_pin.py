"""The staff's PIN as it stands in kiosk.toml."""

import pytest

from agent.pin import PinError, hash_pin, is_pin, is_pin_hash


def test_a_pin_is_known_by_its_hash_and_no_other_is() -> None:
    pin_hash = hash_pin("4711")
    assert is_pin_hash(pin_hash)
    assert "4711" not in pin_hash
    assert is_pin("4711", pin_hash)
    assert not is_pin("4712", pin_hash)
    assert not is_pin("", pin_hash)
    assert not is_pin("47110", pin_hash)


def test_two_kiosks_with_the_same_pin_do_not_show_it() -> None:
    assert hash_pin("4711") != hash_pin("4711")


@pytest.mark.parametrize("pin", ["", "123", "1" * 13, "47a1", "١٢٣٤", "4711\n"])
def test_a_pin_is_four_to_twelve_digits(pin: str) -> None:
    with pytest.raises(PinError, match="4 to 12 digits"):
        hash_pin(pin)


@pytest.mark.parametrize(
    "text", ["", "4711", "scrypt$14$a$b", "scrypt$31$" + "A" * 22 + "==$" + "A" * 43 + "="]
)
def test_what_is_no_hash_is_no_pin_either(text: str) -> None:
    """A cost beyond ours would take the memory of the kiosk."""
    assert not is_pin_hash(text)
    assert not is_pin("4711", text)
