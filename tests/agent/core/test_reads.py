"""A text from the lens becomes a code, or is forgotten."""

import re

from agent.core.reads import Read, recognise, shows_card
from agent.wire.card_code import DEFAULT_PATTERN
from tests.agent.examples import ANNA

PATTERN = re.compile(DEFAULT_PATTERN)


def test_a_card_s_text_is_a_code() -> None:
    assert recognise(ANNA.reveal(), "qr", PATTERN) == Read(ANNA, "qr")


def test_nothing_of_a_foreign_text_is_kept() -> None:
    read = recognise("https://pay.example/4711", "code39", PATTERN)
    assert read == Read(None, "code39")
    assert "4711" not in repr(read)


def test_the_test_card_is_known_before_the_pattern_and_its_text_goes_no_further() -> None:
    every = re.compile(".+")
    assert recognise(" ABCDEFGHIJKLMNOP\n", "qr", every, "ABCDEFGHIJKLMNOP") == Read(None, "qr", test=True)
    assert not recognise("ABCDEFGHIJKLMNOPQ", "qr", every, "ABCDEFGHIJKLMNOP").test
    assert not recognise("", "qr", every, "").test


def test_a_card_or_the_test_card_waits_for_a_light_and_a_foreign_code_does_not() -> None:
    foreign = Read(None, "qr")
    assert not shows_card(())
    assert not shows_card((foreign,))
    assert shows_card((foreign, Read(ANNA, "code39")))
    assert shows_card((Read(None, "qr", test=True),))
