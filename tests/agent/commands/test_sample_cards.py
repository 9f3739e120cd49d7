"""``kaiku-agent cards sample``: pictures that read as what the list says."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.adapters.pictures import load_luma
from agent.adapters.zxing import ZxingDecoder
from agent.commands.sample_cards import SampleError, make_sample_cards

TODAY = date(2026, 11, 24)


def listed(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "cards.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def codes_by_sort(folder: Path) -> dict[str, str]:
    decoder = ZxingDecoder()
    codes = {}
    for picture in folder.glob("*.png"):
        found = decoder.decode(load_luma(picture))
        assert {one.symbology for one in found} == {"qr", "code39"}
        (codes[picture.stem.partition("-")[2]],) = {one.text for one in found}
    return codes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_sample_cards(tmp_path / "cards", 5, 1, TODAY)
    return tmp_path / "cards"


def test_there_is_one_of_each_sort(folder: Path) -> None:
    assert set(codes_by_sort(folder)) == {"valid", "expired", "blocked", "community", "unlisted"}


def test_each_picture_is_what_the_list_says(folder: Path) -> None:
    codes, rows = codes_by_sort(folder), listed(folder)
    assert codes.pop("unlisted") not in rows
    assert set(codes.values()) == set(rows)
    rows = {sort: rows[code] for sort, code in codes.items()}
    assert {sort: row["kind"] for sort, row in rows.items() if row["kind"] != "personal"} == {
        "community": "community"
    }
    assert {sort: row["status"] for sort, row in rows.items() if row["status"] != "active"} == {
        "blocked": "blocked"
    }
    valid = {
        sort
        for sort, row in rows.items()
        if date.fromisoformat(row["issued_on"]) <= TODAY <= date.fromisoformat(row["valid_until"])
    }
    assert valid == {"valid", "blocked", "community"}


def test_the_list_has_the_columns_of_the_import(folder: Path) -> None:
    header = (folder / "cards.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == "code,kind,distributor,area,issued_on,valid_until,max_children,status"


def test_a_card_is_valid_for_a_year_with_its_first_day(folder: Path) -> None:
    for row in listed(folder).values():
        issued, last = (date.fromisoformat(row[name]) for name in ("issued_on", "valid_until"))
        assert last - issued == timedelta(days=364)


def test_no_file_is_named_after_a_code(folder: Path) -> None:
    codes = set(codes_by_sort(folder).values())
    assert not [name for name in folder.iterdir() if any(code in name.name for code in codes)]


def test_the_same_seed_makes_the_same_cards(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        make_sample_cards(tmp_path / name, 8, seed, TODAY)
    lists = {name: (tmp_path / name / "cards.csv").read_bytes() for name in "abc"}
    assert lists["a"] == lists["b"] != lists["c"]
    assert len(listed(tmp_path / "a")) == 7


def test_a_folder_that_is_not_empty_is_left_alone(folder: Path) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(SampleError, match="is not empty"):
        make_sample_cards(folder, 5, 2, TODAY)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_too_few_is_said(tmp_path: Path) -> None:
    with pytest.raises(SampleError, match="--count 4 is too few"):
        make_sample_cards(tmp_path / "cards", 4, 1, TODAY)
    assert not (tmp_path / "cards").exists()


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for target in (tmp_path / "file", tmp_path / "file" / "cards"):
        with pytest.raises(SampleError, match="cannot be written"):
            make_sample_cards(target, 5, 1, TODAY)
