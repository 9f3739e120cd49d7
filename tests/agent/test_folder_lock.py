"""One program a folder, and a sentence for a folder that cannot be used."""

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from agent.folder_lock import FolderInUseError, only_user_of, user_among_others_of


def taken(folder: Path) -> AbstractContextManager[None]:
    return only_user_of(folder, "agent", "Name another folder.")


def test_a_folder_has_one_user_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with (
        taken(folder),
        pytest.raises(FolderInUseError, match="in use by another agent"),
    ):
        taken(folder).__enter__()
    with taken(folder):
        pass


def test_users_side_by_side_know_who_came_first_and_keep_an_only_user_out(tmp_path: Path) -> None:
    with user_among_others_of(tmp_path, "") as first, user_among_others_of(tmp_path, "") as second:
        assert (first, second) == (True, False)
        with pytest.raises(FolderInUseError, match="in use by another agent"):
            taken(tmp_path).__enter__()
    with taken(tmp_path):
        pass
    with user_among_others_of(tmp_path, "") as again:
        assert again


def test_a_file_where_the_folder_should_be_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(FolderInUseError, match=r"cannot be written to .* Name another folder"):
        taken(tmp_path / "data").__enter__()
    with pytest.raises(FolderInUseError, match="cannot be written to"):
        taken(Path("/proc/1/none/data")).__enter__()


def test_an_error_of_the_users_own_is_not_taken_for_the_folders(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), taken(tmp_path):
        raise FileNotFoundError
