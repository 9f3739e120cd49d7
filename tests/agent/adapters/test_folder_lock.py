"""One agent a data folder, and a sentence for a folder that cannot be used."""

from pathlib import Path

import pytest

from agent.adapters.folder_lock import FolderInUseError, only_user_of


def test_a_folder_has_one_user_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with only_user_of(folder), pytest.raises(FolderInUseError, match="in use by another agent"):
        only_user_of(folder).__enter__()
    with only_user_of(folder):
        pass


def test_a_file_where_the_folder_should_be_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(FolderInUseError, match=r"cannot be written to .* Name another as data"):
        only_user_of(tmp_path / "data").__enter__()
    with pytest.raises(FolderInUseError, match="cannot be written to"):
        only_user_of(Path("/proc/1/none/data")).__enter__()


def test_an_error_of_the_users_own_is_not_taken_for_the_folders(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), only_user_of(tmp_path):
        raise FileNotFoundError
