"""Identifiers made of names."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.wire.card_code import DEFAULT_PATTERN
from server.domain.names import MAX_NAME_CHARS, has_code, venue_id, without_codes


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("Uimahalli Vesihiisi", "v-uimahalli-vesihiisi"),
        ("Äänekosken Työväentalo!", "v-aanekosken-tyovaentalo"),
        ("  Pilke (tiedekeskus)  ", "v-pilke-tiedekeskus"),
        ("x" * 100, "v-" + "x" * 40),
        ("---", None),
        ("", None),
        ("Ŋáŋŋá Đuohtti", "v-nanna-duohtti"),
    ],
)
def test_an_id_is_made_of_the_letters_and_digits_of_a_name(name: str, identifier: str | None) -> None:
    assert venue_id(name) == identifier


def test_a_name_in_other_letters_gets_a_sign_of_its_own() -> None:
    ids = [venue_id(name) for name in ("日本", "中国", "图书馆", "Kirjasto 日本", "Kirjasto 中国", "Музей")]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"v-(kirjasto-)?[0-9a-f]{8}", identifier or "") for identifier in ids)
    assert venue_id("日本") == ids[0] == "v-ce47dfba"


@given(name=st.text(max_size=MAX_NAME_CHARS))
def test_an_id_fits_a_topic_a_table_and_an_address(name: str) -> None:
    identifier = venue_id(name)
    assert identifier is None or re.fullmatch(r"v-[a-z0-9]+(-[a-z0-9]+)*", identifier)
    assert len(identifier or "") <= 64
    assert (identifier is None) is not any(
        c.isalnum() for c in unicodedata.normalize("NFKD", name).casefold()
    )


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
        assert has_code(name, re.compile(pattern)), name


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
    assert not has_code(name, re.compile(pattern))


def test_words_join_where_the_pattern_tells_letters_from_digits() -> None:
    assert has_code("Talo, kaiku 123 456", re.compile("KAIKU[0-9]{6}"))
    assert has_code("Talo KAIKU-123456", re.compile("KAIKU-[0-9]{6}"))


def test_a_word_that_a_loose_pattern_takes_for_a_code_stays() -> None:
    assert without_codes("KORTIT A12345.csv", re.compile("[A-Z0-9]{6}")) == "KORTIT •••••5.csv"
