"""A file or a folder is whole or not there."""

from pathlib import Path

import pytest

from provisioning.files import PRIVATE, FolderTakenError, whole_folder, write


def test_a_key_is_for_its_owner_only_also_where_it_replaces_an_open_file(tmp_path: Path) -> None:
    key = tmp_path / "a.key"
    key.write_text("old")
    key.chmod(0o644)
    write(key, "new", PRIVATE)
    assert (key.read_text(), key.stat().st_mode & 0o777) == ("new", PRIVATE)


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write(tmp_path / "taken", "x")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_a_folder_appears_when_all_of_it_is_there(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "deep" / "one") as draft:
        write(draft / "a", "1")
        assert not (tmp_path / "deep" / "one").exists()
    assert (tmp_path / "deep" / "one" / "a").read_text() == "1"


def test_a_folder_that_was_not_finished_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with whole_folder(tmp_path / "one") as draft:
            write(draft / "a", "1")
            raise RuntimeError("power")

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_filled_and_a_full_one_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with whole_folder(tmp_path / "empty") as draft:
        write(draft / "a", "1")
    with pytest.raises(FolderTakenError, match="not empty"), whole_folder(tmp_path / "empty"):
        pass
    assert (tmp_path / "empty" / "a").read_text() == "1"


def test_a_file_in_the_place_of_the_folder_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(FolderTakenError), whole_folder(tmp_path / "file"):
        pass
    assert (tmp_path / "file").read_text() == "mine"
