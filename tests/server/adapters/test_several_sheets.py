"""Workbooks with more than one sheet: one table is taken, and none is left out without a word."""

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from agent.wire.card_code import DEFAULT_PATTERN
from server.domain.faults import FileError
from tests.server.adapters.test_sheets import CELLS, EXPECTED, FINNISH, read

TITLE = [["Kaikukortit 2026"], [], ["Päivitetty", "24.11.2026"]]
TABLE = [FINNISH, CELLS]


def book(path: Path, **sheets: list[list[Any]]) -> Path:
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def fault_of(file: Path) -> str:
    with pytest.raises(FileError) as raised:
        read(file)
    return str(raised.value)


def test_rows_on_two_sheets_are_an_error_that_names_them(tmp_path: Path) -> None:
    said = fault_of(book(tmp_path / "cards.xlsx", Ohje=TITLE, Kevät=TABLE, Syksy=TABLE))
    assert said == (
        "has rows on several sheets: Kevät, Syksy. Leave one and hide or delete the others,"
        " or save each as a file of its own"
    )


def test_a_table_that_goes_on_without_headings_is_not_left_out(tmp_path: Path) -> None:
    assert "sheets: Kortit, Lisää." in fault_of(book(tmp_path / "cards.xlsx", Kortit=TABLE, Lisää=[CELLS]))


@pytest.mark.parametrize("other", [[], TITLE, [FINNISH], [[], FINNISH, ["", " "]]])
def test_a_title_page_and_an_empty_table_are_passed_over(tmp_path: Path, other: list[list[Any]]) -> None:
    assert read(book(tmp_path / "before.xlsx", Kansi=other, Kortit=TABLE)) == [(2, EXPECTED)]
    assert read(book(tmp_path / "after.xlsx", Kortit=TABLE, Sheet2=other)) == [(2, EXPECTED)]


def test_without_headings_the_sheets_are_named_and_codes_in_their_names_masked(tmp_path: Path) -> None:
    file = book(tmp_path / "cards.xlsx", Kansi=TITLE, A999123453=[CELLS], Tyhjä=[])
    with pytest.raises(FileError, match="no row of headings") as raised:
        read(file)
    assert "Kansi, A•••••••53, Tyhjä" in str(raised.value.fault.without_codes(re.compile(DEFAULT_PATTERN)))
    assert fault_of(book(tmp_path / "none.xlsx", Kansi=[], Tyhjä=[["", " "]])) == "is empty"


def test_a_workbook_is_known_by_what_it_holds(tmp_path: Path) -> None:
    assert read(book(tmp_path / "cards.xlsx", Kortit=TABLE).rename(tmp_path / "0a.upload")) == [(2, EXPECTED)]


def test_a_chart_is_passed_over_whole_or_not(tmp_path: Path) -> None:
    made = Workbook()
    for row in TABLE:
        made.active.append(row)
    made.create_chartsheet("Kaavio", 0)
    made.save(tmp_path / "cards.xlsx")
    with zipfile.ZipFile(tmp_path / "cards.xlsx") as source, zipfile.ZipFile(tmp_path / "x", "w") as target:
        names = [name for name in source.namelist() if not name.startswith(("xl/chartsheets/_", "xl/draw"))]
        assert "xl/chartsheets/sheet1.xml" in names
        for name in names:
            target.writestr(name, source.read(name))
    assert read(tmp_path / "x") == read(tmp_path / "cards.xlsx") == [(2, EXPECTED)]
