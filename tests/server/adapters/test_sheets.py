"""Tables as they really come, made here as the programs make them."""

import random
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from server.adapters.sheet_xlsx import XlsxSheet, number_text
from server.adapters.sheets import read_table
from server.domain.card_file import card_of
from server.domain.faults import FileError, RowError
from server.domain.headings import NO_VALUE, Given, Headings
from server.domain.words_in_files import CARD_COLUMNS

FINNISH = ["Koodi", "Korttityyppi", "Jakaja", "Alue", "Myönnetty", "Voimassa", "Lapsia", "Tila"]
CELLS = [
    "A999123453",
    "henkilökohtainen",
    "Työväenyhdistys; Älä",
    "Rovaniemi",
    "24.11.2026",
    "",
    "2",
    "voimassa",
]
KNOWN = Headings(CARD_COLUMNS, Given())
EXPECTED = dict(zip((column.name for column in CARD_COLUMNS), CELLS, strict=True))


def read(path: Path) -> list[tuple[int, dict[str, str]]]:
    return list(read_table(path, Headings(CARD_COLUMNS, Given())))


def csv_text(*rows: list[str], separator: str = ";", end: str = "\r\n", quote: bool = False) -> str:
    def cell(text: str) -> str:
        return f'"{text}"' if quote or separator in text or "\n" in text else text

    return "".join(separator.join(map(cell, row)) + end for row in rows)


TEXTS: dict[str, bytes] = {
    "Excel's CSV UTF-8": csv_text(FINNISH, CELLS).encode("utf-8-sig"),
    "Excel's CSV": csv_text(FINNISH, CELLS).encode("cp1252"),
    "Excel's Unicode text": csv_text(FINNISH, CELLS, separator="\t").encode("utf-16"),
    "Big endian": ("\ufeff" + csv_text(FINNISH, CELLS)).encode("utf-16-be"),
    "LibreOffice's CSV": csv_text(FINNISH, CELLS, separator=",", end="\n").encode(),
    "LibreOffice's CSV with all cells quoted": csv_text(FINNISH, CELLS, separator=",", quote=True).encode(),
    "Tabs": csv_text(FINNISH, CELLS, separator="\t", end="\n").encode(),
    "Old Mac's line ends": csv_text(FINNISH, CELLS, end="\r").encode(),
    "Trailing empty columns": csv_text([*FINNISH, "", ""], [*CELLS, "", ""]).encode(),
    "No empty columns at the end": csv_text(FINNISH, CELLS, end="\n").rstrip().encode(),
    "A separator that is named": ("sep=;\r\n" + csv_text(FINNISH, CELLS)).encode("utf-8-sig"),
    "A separator that is named against the look of it": (
        'sep=\t\r\n"a;b,c;d,e;f";\r\n'.replace(";\r", "\t\r") + csv_text(FINNISH, CELLS, separator="\t")
    ).encode(),
    "20,000 empty rows at the end": (csv_text(FINNISH, CELLS) + ";;;;;;;\r\n" * 20_000).encode(),
    "Titles above, with commas": (
        "Kaikukortit, Rovaniemi, 2026\n\n" + csv_text(FINNISH, CELLS, end="\n")
    ).encode(),
    "The headings once more in the middle": csv_text(
        FINNISH, CELLS, ["\ufeff" + FINNISH[0], *FINNISH[1:]]
    ).encode(),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_file_is_read_as_its_spreadsheet_shows_it(tmp_path: Path, name: str) -> None:
    file = tmp_path / "cards.csv"
    file.write_bytes(TEXTS[name])
    assert [cells for _, cells in read(file)] == [EXPECTED]


def test_rows_are_numbered_as_a_spreadsheet_does_it(tmp_path: Path) -> None:
    file = tmp_path / "cards.csv"
    long_name = [*CELLS[:2], "Seurakunta\nja\nkumppanit", *CELLS[3:]]
    text = "\n" + csv_text(FINNISH, long_name, CELLS, [""] * 8, FINNISH, CELLS)
    for start in ("", "sep=;\r\n", "\ufeff", "\ufeffsep=;\r\n"):
        file.write_bytes((start + text).encode())
        assert [number for number, _ in read(file)] == [3, 4, 7]


def workbook(path: Path, fill: Callable[[Any], object]) -> Path:
    book = Workbook()
    fill(book.active)
    book.save(path)
    return path


def test_excel_s_own_days_and_numbers_are_read_as_a_person_sees_them(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:  # noqa: ANN401  (openpyxl has no types)
        sheet.append(["Kaikukortit 2026"])
        sheet.merge_cells("A1:H1")
        sheet.append([])
        sheet.append(FINNISH)
        sheet.append(["A1", "yhteisö", "J", "R", date(2026, 11, 24), datetime(2027, 1, 1, 12), 2, True])  # noqa: DTZ001
        sheet.append([123456, None, "=1+1", 7.0, time(12), 4.5, 2.0, None])
        sheet["A5"].number_format = "0000000000"
        sheet.append(FINNISH)
        for row in range(7, 20_007):  # formatted, and empty
            sheet.cell(row=row, column=1).number_format = "0000000000"
        sheet.cell(row=30_000, column=1).value = 99912345312345678

    (first, *rest) = read(workbook(tmp_path / "cards.xlsx", fill))
    number, cells = first
    assert number == 4
    assert list(cells.values()) == ["A1", "yhteisö", "J", "R", "2026-11-24", "2027-01-01", "2", "TRUE"]
    number, cells = rest[0]
    assert number == 5
    assert list(cells.values()) == ["0000123456", "", NO_VALUE, "7", "12:00:00", "4.5", "2", ""]
    assert [(number, cells["code"]) for number, cells in rest[1:]] == [(30_000, "9.99e+16")]


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (7, "General", "7"),
        (7, "000", "007"),
        (1234, "000", "1234"),
        (999123453.0, "0", "999123453"),
        (999_999_999_999_999, "0", "999999999999999"),
        (1_000_000_000_000_000, "0", "1.00e+15"),
        (1.23456789012346e17, "0", "1.23e+17"),
        (0.5, "0", "0.5"),
    ],
)
def test_a_number_is_its_digits_or_says_that_it_was_rounded(
    value: float, number_format: str, text: str
) -> None:
    assert number_text(value, number_format) == text


def test_a_hidden_sheet_is_passed_over(tmp_path: Path) -> None:
    book = Workbook()
    book.active.sheet_state = "hidden"
    shown = book.create_sheet("Kortit")
    shown.append(FINNISH)
    shown.append(CELLS)
    book.save(tmp_path / "cards.xlsx")
    assert read(tmp_path / "cards.xlsx") == [(2, EXPECTED)]


@pytest.mark.parametrize("said", ["A1:XFD1048576", "A1", "A1:B1"])
def test_what_a_sheet_says_of_its_size_is_not_believed(tmp_path: Path, said: str) -> None:
    file = workbook(tmp_path / "cards.xlsx", lambda sheet: [sheet.append(row) for row in (FINNISH, CELLS)])
    wrong = tmp_path / "wrong.xlsx"
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(wrong, "w") as target:
        for part in source.infolist():
            data = source.read(part)
            if part.filename.endswith("sheet1.xml"):
                assert b'ref="A1:H2"' in data
                data = data.replace(b'ref="A1:H2"', f'ref="{said}"'.encode())
            target.writestr(part, data)
    assert len(list(XlsxSheet(wrong, KNOWN).rows())) == 2
    assert read(wrong) == [(2, EXPECTED)]


def test_a_code_in_a_cell_of_days_is_in_no_warning(
    tmp_path: Path, recwarn: pytest.WarningsRecorder, capfd: pytest.CaptureFixture[str]
) -> None:
    def fill(sheet: Any) -> None:  # noqa: ANN401  (openpyxl has no types)
        sheet.append(FINNISH)
        sheet.append([999123453])
        sheet["A2"].number_format = "dd.mm.yyyy"

    ((number, cells),) = read(workbook(tmp_path / "cards.xlsx", fill))
    assert (number, cells["code"]) == (2, "#VALUE!")
    assert "999123453" not in " ".join(str(warning.message) for warning in recwarn)
    assert "999123453" not in "".join(capfd.readouterr())


def test_a_damaged_workbook_is_a_fault_and_no_crash(tmp_path: Path) -> None:
    file = workbook(tmp_path / "cards.xlsx", lambda sheet: [sheet.append(row) for row in (FINNISH, CELLS)])
    whole = file.read_bytes()
    chance = random.Random(5)  # noqa: S311  (a seed)
    for _ in range(60):
        at, length = chance.randrange(4, len(whole)), chance.randrange(1, 200)
        file.write_bytes(whole[:at] + chance.randbytes(length) + whole[at + length :])
        try:
            read(file)
        except FileError as error:
            assert error.fault.name in {"broken_excel", "no_header_on", "empty", "lacks", "too_large"}  # noqa: PT017  (or none)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "empty"),
        (b"\r\n;;;\r\n", "empty"),
        (csv_text(FINNISH).encode("utf-16-le"), "nul"),
        (csv_text(FINNISH, ["A\0"]).encode(), "nul"),
        (b"koodi;laji\n\x81\xff", "no_encoding"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel"),
        (b"PK\x03\x04", "broken_excel"),
        (csv_text(FINNISH, CELLS).encode() + b'"open;x\n', "not_csv"),
        (b"x;y\n" * 50 + b"koodi;laji\n", "no_header"),
    ],
)
def test_what_is_no_table_is_a_fault(tmp_path: Path, content: bytes, fault: str) -> None:
    file = tmp_path / "cards.csv"
    file.write_bytes(content)
    with pytest.raises(FileError) as raised:
        read(file)
    assert raised.value.fault.name == fault


def test_what_is_no_file_is_a_fault(tmp_path: Path) -> None:
    for path, fault in (
        (tmp_path / "none", "unreadable"),
        (tmp_path, "no_file"),
        (Path("/dev/zero"), "no_file"),
    ):
        with pytest.raises(FileError) as raised:
            read(path)
        assert raised.value.fault.name == fault


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    file = workbook(tmp_path / "cards.xlsx", lambda sheet: [sheet.append([" " * 5_000]) for _ in range(500)])
    with pytest.raises(FileError) as raised:
        XlsxSheet(file, KNOWN, most_bytes=20_000)
    assert raised.value.fault.name == "too_large"


def test_a_formula_whose_value_was_not_saved_is_told_from_an_empty_cell(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:  # noqa: ANN401  (openpyxl has no types)
        sheet.append([*FINNISH, "Muuta"])
        sheet.append([*CELLS, "=1+1"])
        sheet.append([*CELLS[:3], '=A2&"x"', *CELLS[4:]])

    file = workbook(tmp_path / "cards.xlsx", fill)
    (_, first), (number, second) = read(file)
    assert first == EXPECTED, "in a column that nobody asked for"
    assert (number, second["area"]) == (3, NO_VALUE)
    with pytest.raises(RowError, match="area is a formula whose value was not saved"):
        card_of(second, re.compile("A[0-9]{9}"), date(2026, 11, 24))


def test_a_formula_with_its_value_is_the_value_and_an_empty_text_is_empty(tmp_path: Path) -> None:
    file = workbook(tmp_path / "made.xlsx", lambda sheet: [sheet.append(row) for row in (FINNISH, CELLS)])
    saved = tmp_path / "saved.xlsx"
    with zipfile.ZipFile(file) as made, zipfile.ZipFile(saved, "w") as other:
        for name in made.namelist():
            content = made.read(name)
            if name == "xl/worksheets/sheet1.xml":
                valued = b'<c r="D2" t="str"><f>A1</f><v>Tornio</v></c>'
                empty = b'<c r="G2" t="str"><f>IF(1,"")</f><v></v></c>'
                content = re.sub(rb'<c r="D2".*?</c>', valued, content)
                content = re.sub(rb'<c r="G2".*?</c>', empty, content)
                assert valued in content
                assert empty in content
            other.writestr(name, content)
    assert read(saved) == [(2, EXPECTED | {"area": "Tornio", "max_children": ""})]
