"""Two days of a venue in seconds: whatever fails, each visitor is counted once, on the right day."""

from pathlib import Path

import pytest

from tests.virtual.days import broken_promises, some_days

VISITORS = 60


@pytest.mark.parametrize("seed", [1, 2])
def test_each_visitor_is_counted_once_and_the_books_are_whole(tmp_path: Path, seed: int) -> None:
    outcome = some_days(tmp_path, seed, VISITORS)
    assert broken_promises(outcome) == []
    assert len(outcome.came) > VISITORS


def test_the_same_seed_gives_the_same_days(tmp_path: Path) -> None:
    first, second = (some_days(_new(tmp_path / name), 5, VISITORS, 1) for name in ("first", "second"))
    assert first.trace == second.trace
    assert first.days.rows == second.days.rows
    assert first.visits == second.visits


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder
