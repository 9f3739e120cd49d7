"""A list that is damaged or deleted is filled anew by the server's, and lets nobody in by error."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from agent.card_follower import CHECK_EVERY_S
from agent.core.card_feed import ANSWER_S
from tests.agent.background import until
from tests.agent.cut_fills import BLOCKED, PAGES, Kiosk, another_generation, another_key, list_of_ten
from tests.agent.damaged_lists import by_hand, spoil_the_rows
from tests.agent.following import CODES


def test_a_row_that_a_disk_changed_is_put_right_by_the_server_s_whole_list(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        kiosk = Kiosk(tmp_path / "cards.db", list_of_ten())
        async with kiosk.at_work() as started:
            await until(lambda: started.follower.fresh_at is not None)
            by_hand(kiosk.path, "UPDATE live SET flags = 0")  # the blocked one among them
            assert started.status(BLOCKED) == "active"
            kiosk.came.clear()
            kiosk.clock.advance(CHECK_EVERY_S)
            await until(lambda: "not those that were put in" in caplog.text)
            assert started.status(CODES[5]) == "active", "the old list answers"
            kiosk.clock.advance(ANSWER_S + 1)
            await until(lambda: started.status(BLOCKED) == "blocked")
            assert kiosk.rows_that_came == 10
            kiosk.clock.advance(CHECK_EVERY_S)
            await asyncio.sleep(1.2)
            assert kiosk.rows_that_came == 10, "and that is all"

    asyncio.run(scene())


def test_a_list_whose_sum_is_another_than_the_server_s_is_filled_anew_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        kiosk = Kiosk(tmp_path / "cards.db", list_of_ten())
        async with kiosk.at_work() as started:
            await until(lambda: started.follower.fresh_at is not None)
        by_hand(kiosk.path, "UPDATE heads SET checksum = '1'")
        kiosk.came.clear()
        async with kiosk.at_work() as started:
            await until(lambda: "do not agree" in caplog.text)  # from then on it waits
            kiosk.clock.advance(ANSWER_S + 1)
            assert started.status(BLOCKED) == "blocked", "the old list answers"
            await until(lambda: started.follower.fresh_at is not None)
            assert kiosk.rows_that_came == 10
            assert started.status(BLOCKED) == "blocked"

    asyncio.run(scene())


def removed(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def a_fill_s_rows(path: Path) -> None:
    spoil_the_rows(path, "fill")


def no_database(path: Path) -> None:
    removed(path)
    path.write_bytes(b"no database" * 1000)


def half_of_it(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(size // 2)


DAMAGES: Final = (spoil_the_rows, a_fill_s_rows, no_database, half_of_it)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("page", range(1, PAGES))
@pytest.mark.parametrize("rekeyed", [False, True])
def test_a_file_that_is_damaged_during_a_fill_is_filled_anew_and_lets_nobody_in_by_error(
    tmp_path: Path,
    damage: Callable[[Path], None],
    page: int,
    rekeyed: bool,
) -> None:
    """The kiosk was off when its card wore out. A blocked card is never one that is not on the list."""

    async def scene() -> None:
        kiosk = Kiosk(tmp_path / "cards.db", list_of_ten())
        async with kiosk.at_work() as started:
            await until(lambda: started.follower.fresh_at is not None)
        (another_key if rekeyed else another_generation)(kiosk.fleet)
        kiosk.left, kiosk.cut = page, "agent killed"
        async with kiosk.at_work() as started:
            await kiosk.killed.wait()
        damage(kiosk.path)
        kiosk.killed.clear()
        said = set()
        async with kiosk.at_work() as started:
            while started.follower.fresh_at is None or started.cards.lost:
                said.add(started.status(BLOCKED))
                kiosk.clock.advance(ANSWER_S / 4)
                await asyncio.sleep(0.02)
            assert said <= {"blocked", "unreadable"}, "never unlisted"
            assert (started.status(BLOCKED), started.status(CODES[5])) == ("blocked", "active")

    asyncio.run(scene())


@pytest.mark.parametrize("page", range(1, PAGES))
def test_a_file_that_is_deleted_during_a_fill_is_filled_from_the_beginning(tmp_path: Path, page: int) -> None:
    async def scene() -> None:
        kiosk = Kiosk(tmp_path / "cards.db", list_of_ten(), left=page, cut="agent killed")
        async with kiosk.at_work():
            await kiosk.killed.wait()
        removed(kiosk.path)
        kiosk.killed.clear()
        kiosk.came.clear()
        async with kiosk.at_work() as started:
            await until(lambda: started.follower.fresh_at is not None)
            assert started.status(BLOCKED) == "blocked"
        assert [came.since for came in kiosk.came] == [0, 3, 6, 9]

    asyncio.run(scene())


@pytest.mark.parametrize("page", range(1, PAGES))
def test_a_file_that_is_deleted_under_a_running_agent_lets_nobody_in_by_error(
    tmp_path: Path, page: int
) -> None:
    """What SQLite still holds open answers, or nobody can tell; then the list is filled anew."""

    async def scene() -> None:
        kiosk = Kiosk(tmp_path / "cards.db", list_of_ten())
        async with kiosk.at_work() as started:
            await until(lambda: started.follower.fresh_at is not None)
            another_generation(kiosk.fleet)
            kiosk.left, kiosk.cut = page, "answer lost"
            started.follower.server_said(kiosk.fleet.state)
            await until(lambda: kiosk.cuts == 1)
            removed(kiosk.path)
            kiosk.came.clear()
            said = set()
            while not kiosk.came or kiosk.came[-1].end is None or started.cards.lost:
                said.add(started.status(BLOCKED))
                kiosk.clock.advance(ANSWER_S / 4)
                await asyncio.sleep(0.02)
            assert said <= {"blocked", "unreadable"}
            await until(lambda: started.status(BLOCKED) == "blocked")
        async with kiosk.at_work() as started:
            await until(lambda: started.follower.fresh_at is not None)
            assert started.status(BLOCKED) == "blocked"

    asyncio.run(scene())
