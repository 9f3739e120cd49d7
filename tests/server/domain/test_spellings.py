"""Names that differ in the case of their letters are one."""

import pytest

from server.domain.names import same_name
from server.domain.spellings import Spelling, Spellings


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rovaniemi", "ROVANIEMI"),
        (" Pohjois  Karjala", "pohjois karjala"),
        ("Ähtäri", "a\u0308hta\u0308ri"),
        ("Straße", "STRASSE"),
        ("ǰ", "J\u030c"),
    ],
)
def test_case_blanks_and_how_letters_are_put_together_make_no_other_name(one: str, other: str) -> None:
    assert same_name(one) == same_name(other)
    assert same_name(same_name(one)) == same_name(one)


def test_other_letters_do() -> None:
    assert len({same_name(name) for name in ("Inari", "Inäri", "Inari 2")}) == 3


def test_the_first_spelling_stands_and_the_others_are_told_once() -> None:
    names = Spellings(["Rovaniemi"], [("Rovaniemi", "Seurakunta")])
    for _ in range(2):
        assert names.area("ROVANIEMI") == "Rovaniemi"
        assert names.distributor("Rovaniemi", "seurakunta") == "Seurakunta"
        assert names.distributor("Tornio", "seurakunta") == "seurakunta", "each area has its own"
        assert (names.area("Tornio"), names.area("tornio")) == ("Tornio", "Tornio")
    assert list(names.found) == [
        Spelling("area", "ROVANIEMI", "Rovaniemi"),
        Spelling("distributor", "seurakunta", "Seurakunta"),
        Spelling("area", "tornio", "Tornio"),
    ]
