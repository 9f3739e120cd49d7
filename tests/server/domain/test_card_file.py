"""One row of a distributor's table becomes a card, or a fault that never holds the code."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.wire.card_code import DEFAULT_PATTERN
from server.domain.card_file import COLUMNS, card_of
from server.domain.faults import RowError
from server.domain.register import RegisterCard

PATTERN = re.compile(DEFAULT_PATTERN)
TODAY = date(2026, 11, 24)
GOOD = {
    "code": "A999123453",
    "kind": "personal",
    "distributor": "Seurakunta",
    "area": "Rovaniemi",
    "issued_on": "2026-11-24",
    "valid_until": "",
    "max_children": "",
    "status": "",
}


def take(**cells: str) -> RegisterCard:
    return card_of(GOOD | cells, PATTERN, TODAY)


def test_what_is_left_out_stays_open() -> None:
    assert (take().status, take().max_children, take().valid_until) == (None, None, None)
    assert take(max_children="0").max_children == 0
    assert take(valid_until="31.12.2026").valid_until == date(2026, 12, 31)


@pytest.mark.parametrize("text", ["2026-11-24", "24.11.2026", "24.11.2026 0:00", "2026-11-24 00:00:00"])
def test_days_are_read_as_spreadsheets_write_them(text: str) -> None:
    assert take(issued_on=text).issued_on == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("cells", "kind", "status"),
    [
        ({"kind": "Henkilökohtainen", "status": "voimassa"}, "personal", "active"),
        ({"kind": "HENKILO\u0308KOHTAINEN", "status": "Suljettu"}, "personal", "blocked"),
        ({"kind": "yhteisö", "status": "poistettu"}, "community", "withdrawn"),
        ({"kind": "Yhteisön Kaikukortti", "status": "Poistettu  käytöstä"}, "community", "withdrawn"),
    ],
)
def test_values_may_be_finnish(cells: dict[str, str], kind: str, status: str) -> None:
    assert (take(**cells).kind, take(**cells).status) == (kind, status)


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"distributor": "A999123453"}, "distributor has the form of a card's code"),
        ({"area": " A999 123453"}, "area has the form of a card's code"),
        ({"code": "B12"}, "code does not have"),
        ({"code": "=HYPERLINK(1)"}, "code does not have"),
        ({"code": "9,99123E+11"}, "code was rounded"),
        ({"code": ""}, "code is empty"),
        ({"kind": "vip"}, "kind is none of personal, community"),
        ({"status": "lost"}, "status is none of"),
        ({"distributor": ""}, "distributor is empty"),
        ({"area": "x" * 121}, "area must be a name"),
        ({"area": "a\0b"}, "area must be a name"),
        ({"issued_on": "24/11/2026"}, "issued_on is no date"),
        ({"issued_on": "24.11.2026 9:30"}, "issued_on is no date"),
        ({"issued_on": "1899-01-01"}, "years 2000 to 2149"),
        ({"valid_until": "2026-11-23"}, "before issued_on"),
        ({"max_children": "-1"}, "max_children is no number"),
        ({"max_children": "\u0661"}, "max_children is no number"),
    ],
)
def test_a_wrong_cell_is_named_by_its_column_and_not_by_its_code(cells: dict[str, str], says: str) -> None:
    with pytest.raises(RowError, match=says) as raised:
        take(**cells)
    assert (cells.get("code") or "A999123453") not in str(raised.value)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize(
    "error",
    [
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#NAME?",
        "#DIV/0!",
        "#NULL!",
        "#NUM!",
        "#SPILL!",
        "Err:502",
        "###",
        "#PUUTTUU!",
        "#VIITTAUS!",
        "#ARVO!",
        "#NIMI?",
        "#JAKO/0!",
        "#TYHJÄ!",
        "#LUKU!",
    ],
)
def test_what_a_spreadsheet_writes_for_an_error_is_no_value(column: str, error: str) -> None:
    assert fault_of(GOOD | {column: error}) == (
        f"{column} is a spreadsheet error, not a value; mend its formula"
    )


@pytest.mark.parametrize("name", ["#1 Nuorisotalo", "#Kulttuuri", "N/A", "Kerho #3!", "#"])
def test_a_name_with_a_number_sign_is_a_name(name: str) -> None:
    assert take(distributor=name).distributor == name


@pytest.mark.parametrize(
    ("column", "near", "far"),
    [("issued_on", "2027-11-25", "2027-11-26"), ("valid_until", "30.11.2036", "5.12.2036")],
)
def test_a_wrong_year_is_a_fault(column: str, near: str, far: str) -> None:
    assert fault_of(GOOD | {column: near}) == ""
    assert fault_of(GOOD | {column: far}) == f"{column} is too far ahead of today; is the year right?"


@pytest.mark.parametrize("number", ["46327", "46691.5"])
def test_a_day_as_spreadsheets_keep_it_is_told_as_a_number(number: str) -> None:
    assert fault_of(GOOD | {"issued_on": number}).endswith("format the column as a date")


def test_all_that_is_wrong_with_a_row_is_told_once_in_the_order_of_the_columns() -> None:
    with pytest.raises(RowError) as raised:
        take(code="X", kind="", area="A999123453", issued_on="soon", valid_until="later", max_children="x")
    assert [(fault.name, fault.column) for fault in raised.value.faults] == [
        ("code_shape", "code"),
        ("missing", "kind"),
        ("name_is_code", "area"),
        ("not_a_day", "issued_on"),
        ("not_a_day", "valid_until"),
        ("not_children", "max_children"),
    ]


@given(cells=st.fixed_dictionaries(dict.fromkeys(COLUMNS, st.text())))
def test_any_row_is_a_card_or_a_fault(cells: dict[str, str]) -> None:
    fault = fault_of(cells)
    assert len(cells["code"]) < 5 or cells["code"] not in fault


def fault_of(cells: dict[str, str]) -> str:
    try:
        card_of(cells, PATTERN, TODAY)
    except RowError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("text", ["2026-W10-1", "2026-W10", "20260302", "2026-3-2", "2.3.26"])
def test_what_may_mean_another_day_is_none(text: str) -> None:
    assert "issued_on is no date such as" in fault_of(GOOD | {"issued_on": text})
