"""The short form of ``python -m tests.torture days``: each visitor is counted once, on the right day."""

from pathlib import Path

from tests.virtual.days import VISITORS_A_DAY, broken_promises, some_days

RESTORED = 2
"""Of an even seed the server is restored on the second evening."""


def test_each_visitor_is_counted_once_and_the_books_are_whole(tmp_path: Path) -> None:
    outcome = some_days(tmp_path, RESTORED)
    assert broken_promises(outcome) == []
    assert len(outcome.came) > VISITORS_A_DAY


def test_the_same_seed_gives_the_same_days(tmp_path: Path) -> None:
    first, second = (some_days(_new(tmp_path / name), 5, days=1) for name in ("first", "second"))
    assert first.trace == second.trace
    assert first.days.rows == second.days.rows
    assert first.visits == second.visits


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder
