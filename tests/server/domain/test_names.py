"""Identifiers made of names."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.names import MAX_NAME_CHARS, venue_id


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
