"""A fill that is cut at any page goes on there, and the old list answers until the new one is whole."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import pytest

from agent.adapters.simulated.clock import SimulatedClock
from agent.adapters.sqlite_cards import SqliteCards
from agent.card_follower import CHECK_EVERY_S, CardFollower
from agent.cards_known import CardsKnown
from agent.core.card_feed import ANSWER_S
from agent.wire.card_code import CardCode
from agent.wire.card_page import CardRow, unpack
from agent.wire.messages import CardsGet, CardsPage, decode
from agent.worker import Worker
from tests.agent.adapters.test_sqlite_cards import spoil_the_rows
from tests.agent.background import running, until
from tests.agent.examples import LIST_KEY, OTHER_GENERATION, OTHER_LIST_KEY, moment, row_of
from tests.agent.fleet import FakeFleet
from tests.agent.following import CODES, WAIT_S, fleet_of

PAGES: Final = 4
"""Of ten cards, three a page."""
BLOCKED: Final = CODES[9]

Cut = Literal["answer lost", "question lost", "line closed", "agent killed"]
CUTS: Final[tuple[Cut, ...]] = ("answer lost", "question lost", "line closed", "agent killed")


@dataclass
class Kiosk:
    """``left`` pages come through, then ``cut`` happens once, and ``meanwhile`` with it.

    ``killed`` says that the agent is to be ended.
    """

    path: Path
    fleet: FakeFleet
    clock: SimulatedClock = field(default_factory=SimulatedClock)
    left: int = 1000
    cut: Cut | None = None
    gathered_rows: int = 1
    cuts: int = 0
    came: list[CardsPage] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None
    killed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def rows_that_came(self) -> int:
        return sum(len(unpack(page.rows)) for page in self.came)

    def asked(self, follower: CardFollower, payload: bytes) -> None:
        if self.left > 0 or self.cut is None:
            self.left -= 1
            page = self.fleet.answer(decode(payload, CardsGet))
            self.came.append(page)
            follower.page(page)
            return
        cut, self.cut, self.cuts = self.cut, None, self.cuts + 1
        self.meanwhile()
        match cut:
            case "question lost":
                pass
            case "answer lost":
                self.fleet.answer(decode(payload, CardsGet))
            case "line closed":
                follower.disconnected()
                follower.connected()
            case "agent killed":
                self.killed.set()

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator["Started"]:
        cards = SqliteCards(self.path)
        worker = Worker("cards")
        follower = CardFollower(
            cards=cards,
            list_key=LIST_KEY,
            worker=worker,
            clock=self.clock,
            publish=lambda payload: self.asked(follower, payload),
            gathered_rows=self.gathered_rows,
        )
        known = CardsKnown(
            cards=cards,
            list_key=LIST_KEY,
            revision=lambda: follower.revision,
            age_s=follower.age_s,
            broken=follower.broken,
        )
        async with running(follower.run(), WAIT_S, worker, cards):
            follower.connected()
            yield Started(self, cards, follower, known)

    def as_the_kill_left_it(self) -> None:
        """What is on the disk at this moment, nothing closed and nothing put in order."""
        left = self.path.with_name(f"{self.path.name}-left")
        left.mkdir()
        for suffix in ("", "-wal"):
            file = self.path.with_name(self.path.name + suffix)
            if file.exists():
                shutil.copy(file, left / file.name)
        self.path = left / self.path.name


@dataclass
class Started:
    kiosk: Kiosk
    cards: SqliteCards
    follower: CardFollower
    known: CardsKnown

    def status(self, code: CardCode) -> str:
        row = self.known.look_up(code, moment(1)).row
        return row.status if isinstance(row, CardRow) else str(row)


async def to_the_end(kiosk: Kiosk, look: Callable[[Started], None] = lambda _: None) -> None:
    """Filled, whatever is cut; ``look`` is called in between."""
    while True:
        async with kiosk.at_work() as started:
            while started.follower.fresh_at is None and not kiosk.killed.is_set():
                if kiosk.cuts:
                    kiosk.clock.advance(ANSWER_S / 4)
                look(started)
                await asyncio.sleep(0.02)
            if not kiosk.killed.is_set():
                look(started)
                head = started.cards.head("live")
                assert head is not None
                assert head.revision == kiosk.fleet.revision == started.follower.revision
                return
            kiosk.as_the_kill_left_it()
        kiosk.killed.clear()


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


def another_generation(fleet: FakeFleet) -> None:
    fleet.generation = OTHER_GENERATION


def another_key(fleet: FakeFleet) -> None:
    rows = [row_of(code, list_key=OTHER_LIST_KEY) for code in CODES[:9]]
    blocked = row_of(BLOCKED, status="blocked", list_key=OTHER_LIST_KEY)
    fleet.rotate(OTHER_LIST_KEY, OTHER_GENERATION, [*rows, blocked])


def a_lower_revision(fleet: FakeFleet) -> None:
    """A server was put back, and nobody gave it another generation."""
    put_back = list_of_ten()
    fleet.revision, fleet._rows = put_back.revision, put_back._rows  # noqa: SLF001  (the same fleet)


def list_of_ten() -> FakeFleet:
    fleet = fleet_of(9)
    fleet.register(row_of(BLOCKED, status="blocked"))
    return fleet


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


def by_hand(path: Path, sql: str) -> None:
    other = sqlite3.connect(path)
    other.execute(sql)
    other.commit()
    other.close()


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
