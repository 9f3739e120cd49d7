"""Identifiers made of names."""

import pytest

from server.domain.names import venue_id


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("Uimahalli Vesihiisi", "v-uimahalli-vesihiisi"),
        ("Äänekosken Työväentalo!", "v-aanekosken-tyovaentalo"),
        ("  Pilke (tiedekeskus)  ", "v-pilke-tiedekeskus"),
        ("x" * 100, "v-" + "x" * 40),
        ("---", None),
        ("图书馆", None),
    ],
)
def test_an_id_is_made_of_the_letters_and_digits_of_a_name(name: str, identifier: str | None) -> None:
    assert venue_id(name) == identifier
