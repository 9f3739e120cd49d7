"""A fill that is cut at any page goes on there, and the old list answers until the new one is whole."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.adapters.sqlite_cards import SqliteCards
from agent.core.card_feed import ANSWER_S
from tests.agent.cut_fills import (
    BLOCKED,
    CUTS,
    PAGES,
    Cut,
    Kiosk,
    Started,
    another_generation,
    another_key,
    list_of_ten,
    to_the_end,
)
from tests.agent.examples import LIST_KEY, row_of
from tests.agent.fleet import FakeFleet
from tests.agent.following import CODES, fleet_of


def whole(kiosk: Kiosk) -> int:
    cards = SqliteCards(kiosk.path)
    try:
        return sum(cards.find(LIST_KEY.card_key(code)) is not None for code in CODES)
    finally:
        cards.close()


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("page", range(PAGES))
def test_a_first_fill_goes_on_at_the_page_where_it_was_cut(tmp_path: Path, cut: Cut, page: int) -> None:
    kiosk = Kiosk(tmp_path / "cards.db", fleet_of(10), left=page, cut=cut)
    asyncio.run(to_the_end(kiosk))
    assert (kiosk.cuts, kiosk.rows_that_came) == (1, 10), "no row came twice"
    assert [came.since for came in kiosk.came] == [0, 3, 6, 9]
    assert whole(kiosk) == 10


@pytest.mark.parametrize("page", range(PAGES))
def test_pages_that_were_gathered_when_the_agent_was_killed_are_asked_for_again_and_no_others(
    tmp_path: Path, page: int
) -> None:
    kiosk = Kiosk(tmp_path / "cards.db", fleet_of(10), left=page, cut="agent killed", gathered_rows=6)
    asyncio.run(to_the_end(kiosk))
    again = [3 * (page - 1)] if page % 2 else []
    assert sorted(came.since for came in kiosk.came) == sorted([0, 3, 6, 9, *again])
    assert whole(kiosk) == 10


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("page", range(1, PAGES))
def test_what_changes_while_a_fill_is_cut_comes_in_its_turn(tmp_path: Path, cut: Cut, page: int) -> None:
    """A row that moves behind the cut comes again, and a row that has not come yet comes once."""
    kiosk = Kiosk(tmp_path / "cards.db", fleet_of(9), left=page, cut=cut)
    kiosk.fleet.register(row_of(BLOCKED))

    def change() -> None:
        kiosk.fleet.register(row_of(BLOCKED, status="blocked"))  # not here yet
        kiosk.fleet.register(row_of(CODES[0], status="blocked"))  # here already

    kiosk.meanwhile = change
    asyncio.run(to_the_end(kiosk))
    assert kiosk.fleet.revision == 12
    assert kiosk.rows_that_came == 11
    assert [came.since for came in kiosk.came].count(0) == 1
    cards = SqliteCards(kiosk.path)
    rows = [cards.find(LIST_KEY.card_key(code)) for code in (BLOCKED, CODES[0], CODES[1])]
    cards.close()
    assert [row.status if row else None for row in rows] == ["blocked", "blocked", "active"]


def a_lower_revision(fleet: FakeFleet) -> None:
    """A server was put back, and nobody gave it another generation."""
    put_back = list_of_ten()
    fleet.revision, fleet._rows = put_back.revision, put_back._rows  # noqa: SLF001  (the same fleet)


@pytest.mark.parametrize("why", [another_generation, another_key, a_lower_revision])
@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("page", range(PAGES))
def test_a_list_that_is_filled_anew_goes_on_where_it_was_cut_and_the_old_one_answers(
    tmp_path: Path, why: Callable[[FakeFleet], None], cut: Cut, page: int
) -> None:
    kiosk = Kiosk(tmp_path / "cards.db", list_of_ten())
    kiosk.fleet.register(row_of(CODES[0], max_children=1))
    kiosk.fleet.register(row_of(CODES[0], max_children=2))
    asyncio.run(to_the_end(kiosk))
    kiosk.came.clear()
    why(kiosk.fleet)
    kiosk.left, kiosk.cut, kiosk.killed = page, cut, asyncio.Event()
    if why is a_lower_revision:
        kiosk.left += 1  # by which the kiosk hears of it
    looked: list[str] = []

    def look(started: Started) -> None:
        kiosk.clock.advance(ANSWER_S / 4)
        looked.extend([started.status(BLOCKED), started.status(CODES[5])])

    asyncio.run(to_the_end(kiosk, look))
    assert set(looked[::2]) == {"blocked"}, "at each moment"
    assert set(looked[1::2]) == {"active"}
    assert (kiosk.cuts, kiosk.rows_that_came) == (1, 10), "no row came twice"
