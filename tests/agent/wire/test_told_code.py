"""Card codes in what people write."""

import re

import pytest

from agent.wire.card_code import DEFAULT_PATTERN
from agent.wire.told_code import holds_code, without_codes


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("kortti-A999123453.csv", "kortti-A•••••••53.csv"),
        ("a999123453 ja B000000001", "a•••••••53 ja B•••••••01"),
        ("lista 2026-11.xlsx", "lista 2026-11.xlsx"),
        ("A 000 000 001 ja A000-000-002.csv", "A•••••••01 ja A•••••••02.csv"),
        ("kortti_A_000_000_001_b.csv", "kortti_A•••••••01_b.csv"),
    ],
)
def test_a_code_in_a_name_is_masked(text: str, masked: str) -> None:
    for pattern in (DEFAULT_PATTERN, f"^{DEFAULT_PATTERN}$"):
        assert without_codes(text, re.compile(pattern)) == masked


def test_a_code_that_grew_together_with_a_word_is_masked() -> None:
    assert without_codes("korttiA999123453b.csv", re.compile(DEFAULT_PATTERN)) == "korttiA•••••••53b.csv"


@pytest.mark.parametrize("pattern", [DEFAULT_PATTERN, f"^{DEFAULT_PATTERN}$"])
@pytest.mark.parametrize(
    "code",
    [
        "A000000002",
        "a000000002",
        "A000-000-002",
        "A 000 000 002",
        "a\u2011000\N{NO-BREAK SPACE}000.002",
        "\uff21000000002",
    ],
)
def test_a_name_may_hold_no_code(code: str, pattern: str) -> None:
    for name in (code, f"{code} Seurakunta", f"Seurakunta ({code}), 2. kerros", f"Talo 7 {code}"):
        assert holds_code(name, re.compile(pattern)), name


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("4H-yhdistys 2000", DEFAULT_PATTERN),
        ("A-klinikka 040 123 4567", DEFAULT_PATTERN),
        ("Kerho A000000002000", DEFAULT_PATTERN),
        ("Nuorten talo 15", "[A-Z0-9]{6}"),
        ("Kulttuuritalo", "[A-Z0-9]+"),
        ("Kaiku 123", "KAIKU[0-9]{6}"),
    ],
)
def test_a_name_with_digits_stays_a_name(name: str, pattern: str) -> None:
    assert not holds_code(name, re.compile(pattern))


def test_words_join_where_the_pattern_tells_letters_from_digits() -> None:
    assert holds_code("Talo, kaiku 123 456", re.compile("KAIKU[0-9]{6}"))
    assert holds_code("Talo KAIKU-123456", re.compile("KAIKU-[0-9]{6}"))


def test_a_word_that_a_loose_pattern_takes_for_a_code_stays() -> None:
    assert without_codes("KORTIT A12345.csv", re.compile("[A-Z0-9]{6}")) == "KORTIT •••••5.csv"
