"""Columns are found by their headings, in two languages, wherever they stand."""

import re
from datetime import date

import pytest

from server.domain.card_file import card_of
from server.domain.faults import FileError, RowError
from server.domain.headings import Given, Headings, Ignored
from server.domain.words_in_files import CARD_COLUMNS, CATEGORIES, KINDS, STATUSES, VENUE_COLUMNS

ENGLISH = [column.name for column in CARD_COLUMNS]
FINNISH = [
    "Koodi",
    "Korttityyppi:",
    "JAKAJA",
    "Alue",
    "Myönnetty",
    "Viimeinen  voimassaolopäivä",
    "Lapsia",
    "Tila",
]


def headings(**given: dict[str, str]) -> Headings:
    return Headings(CARD_COLUMNS, Given(**given))


@pytest.mark.parametrize("row", [ENGLISH, FINNISH, [f"\ufeff{FINNISH[0]}", *FINNISH[1:]]])
def test_columns_are_found_by_either_language(row: list[str]) -> None:
    layout = headings().layout(row)
    assert dict(layout.places) == {name: place for place, name in enumerate(ENGLISH)}
    assert layout.is_header([cell.upper() for cell in row])


def test_columns_may_stand_anywhere_with_others_between() -> None:
    layout = headings().layout(["note", *reversed(ENGLISH)])
    assert layout.cells(["x", *(name.upper() for name in reversed(ENGLISH))])["code"] == "CODE"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Tilaa", "status"),
        ("Voimassaolo", "valid_until"),
        ("Voimassaoloaika", "valid_until"),
        ("max_childern", "max_children"),
        ("Huomautus", ""),
        ("Puhelin", ""),
        ("Kortin nimi", ""),
        ("Jakajaa", ""),
    ],
)
def test_a_column_that_is_none_of_ours_is_named_with_what_it_is_near_to(written: str, meant: str) -> None:
    found = headings()
    found.layout(["code", "kind", "distributor", "area", "issued_on", "", f" {written} "])
    assert found.ignored == (Ignored(written, meant),)


def test_what_the_file_has_already_is_not_meant_a_second_time() -> None:
    found = headings(headings={"status": "Vaihe"})
    found.layout([*ENGLISH[:-1], "Vaihe", "Tilaa", "x" * 500])
    assert found.ignored == (Ignored("Tilaa"), Ignored("x" * 120))


def test_a_value_without_a_heading_is_told_and_not_dropped() -> None:
    layout = headings().layout(["code", "kind", "distributor", "area", "issued_on", ""])
    row = ["A123456789", "personal", "J", "Rovaniemi", "2026-01-01"]
    pattern = re.compile("[A-Z][0-9]{9}")
    for note in ([], ["a note below no heading"], ["", "", " \ufeff"]):
        assert card_of(layout.cells([*row, *note]), pattern, date(2026, 1, 1)).status is None
    with pytest.raises(RowError, match="right of the last heading") as raised:
        card_of(layout.cells([*row, "", "", "blocked"]), pattern, date(2026, 1, 1))
    assert "blocked" not in str(raised.value)


def test_no_word_means_two_things() -> None:
    for columns in (CARD_COLUMNS, VENUE_COLUMNS):
        words = [word for column in columns for word in (column.name, *column.also)]
        assert len(words) == len(set(words))
    for choices in (KINDS, STATUSES, CATEGORIES):
        words = [word for choice, also in choices.items() for word in (choice, *also)]
        assert len(words) == len(set(words))


def test_a_person_says_what_a_heading_means_and_what_is_missing() -> None:
    found = headings(headings={"code": "Numero"}, values={"area": "Tornio", "kind": "personal"})
    layout = found.layout(["koodi", "numero", "jakaja", "myönnetty", "kind"])
    assert layout.places["code"] == 1
    cells = layout.cells(["B", "A", "Seurakunta", "2026-01-01", ""])
    assert (cells["code"], cells["area"], cells["kind"], cells["status"]) == ("A", "Tornio", "personal", "")
    assert layout.cells(["B", "A", "S", "2026-01-01", "community"])["kind"] == "community"


@pytest.mark.parametrize(
    ("given", "row", "says"),
    [
        ({}, ["code", "kind"], "lack distributor, area, issued_on.* with --column distributor=HEADING"),
        (
            {},
            [*ENGLISH, "Koodi"],
            "name code twice, as code, Koodi; say which one it is with --column code=",
        ),
        ({}, [*ENGLISH, "Status:"], "name status twice, both as Status:; rename or delete one of them"),
        ({"headings": {"code": "Numero"}}, ENGLISH, "no heading that was given for code"),
        ({"values": {"area": ""}}, ["code", "kind", "distributor", "issued_on"], "lack area"),
    ],
)
def test_wrong_columns_are_named(given: dict[str, dict[str, str]], row: list[str], says: str) -> None:
    with pytest.raises(FileError, match=says):
        headings(**given).layout(row)
