"""A card list that is damaged, at the door: it is begun anew and filled, and nobody is let in by error."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from agent.adapters.sqlite_cards import SqliteCards
from agent.adapters.sqlite_journal import SqliteJournal
from agent.card_follower import CardFollower
from agent.core.actions import Signal
from agent.core.reads import Read
from agent.wire.card_code import CardCode
from tests.agent.background import until
from tests.agent.damaged_lists import by_hand, spoil_the_rows
from tests.agent.examples import ANNA, BENGT, CECILIA, LIST_KEY, row_of
from tests.agent.fleet import FakeFleet
from tests.agent.following import Kiosk, known_by
from tests.agent.twins import Door, at_work

WAIT_S: Final = 15.0


def rows_of_nonsense(path: Path) -> None:
    """A worn-out card flips bits: the rows are whole, but mean nothing any more."""
    by_hand(path, "UPDATE live SET flags = 3000000, first = 9000000000")


def heads_of_nonsense(path: Path) -> None:
    by_hand(path, "UPDATE heads SET checksum = 'no number'")


def spoil_the_heads(path: Path) -> None:
    spoil_the_rows(path, "heads")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A whole list, filled by a start before."""
    path = tmp_path / "cards.db"
    fleet = fleet_of_three()
    with closing(SqliteCards(path)) as cards:
        asyncio.run(filled(cards, fleet))
    return path


def fleet_of_three() -> FakeFleet:
    fleet = FakeFleet()
    for row in (row_of(ANNA), row_of(BENGT, status="blocked"), row_of(CECILIA)):
        fleet.register(row)
    return fleet


async def filled(cards: SqliteCards, fleet: FakeFleet) -> None:
    async with following(Door(), cards, fleet) as follower:
        follower.connected()
        await until(lambda: follower.count == 3 and follower.fresh_at is not None)


def following(door: Door, cards: SqliteCards, fleet: FakeFleet) -> AbstractAsyncContextManager[CardFollower]:
    return Kiosk(cards, fleet, door.clock).following(WAIT_S)


@dataclass
class House:
    """A kiosk whose list is a real file, the fleet it follows, and its journal."""

    door: Door
    cards: SqliteCards
    follower: CardFollower
    journal: SqliteJournal

    async def shows(self, code: CardCode, view: str) -> None:
        """Somebody holds up a card, long after the one before."""
        if self.door.view == "accepted":
            await self.door.unanswered()
        self.door.clock.advance(40)
        await self.door.until(lambda: self.door.view == "idle")
        self.door.eyes.see(Read(code, "qr"))
        await self.door.shows(view)

    async def is_filled_anew(self) -> None:
        await until(lambda: self.follower.count == 0)
        self.door.clock.advance(11)  # the pause before it is asked for
        await until(lambda: self.follower.count == 3 and not self.cards.lost)

    def epochs(self) -> int:
        return int(self.journal._sql.execute("SELECT count(*) FROM epochs").fetchone()[0])  # noqa: SLF001


def play(path: Path, scene: Callable[[House], Awaitable[None]], *, online: bool = True) -> Door:
    async def play(journal: SqliteJournal, cards: SqliteCards) -> Door:
        door = Door(disk=journal)
        async with following(door, cards, fleet_of_three()) as follower, at_work(door):
            assert door.at_work is not None
            door.at_work.cards = known_by(follower)
            if online:
                follower.connected()
                await until(lambda: follower.fresh_at is not None or cards.lost)
            await scene(House(door, cards, follower, journal))
        return door

    with closing(SqliteJournal(path.with_name("journal.db"))) as journal, closing(SqliteCards(path)) as cards:
        return asyncio.run(play(journal, cards))


def test_a_whole_list_is_not_begun_anew(path: Path) -> None:
    async def scene(house: House) -> None:
        await house.shows(ANNA, "accepted")
        await house.shows(BENGT, "ask_staff")

    door = play(path, scene, online=False)
    assert list(door.lights.shown).count(Signal.ACCEPTED) == 1


@pytest.mark.parametrize("damage", [spoil_the_rows, rows_of_nonsense])
def test_damage_before_the_start_asks_the_staff_at_the_first_card_and_is_filled_anew(
    path: Path, damage: Callable[[Path], None]
) -> None:
    damage(path)

    async def scene(house: House) -> None:
        await house.shows(ANNA, "ask_staff")
        await house.is_filled_anew()
        await house.shows(ANNA, "accepted")
        await house.shows(BENGT, "ask_staff")
        assert house.epochs() == 1

    door = play(path, scene)
    assert list(door.lights.shown).count(Signal.ACCEPTED) == 1


@pytest.mark.parametrize("damage", [spoil_the_rows, rows_of_nonsense])
def test_damage_at_work_asks_the_staff_at_the_next_card_and_is_filled_anew(
    path: Path, damage: Callable[[Path], None]
) -> None:
    async def scene(house: House) -> None:
        await house.shows(ANNA, "accepted")
        damage(path)
        by_hand(path, "CREATE TABLE another (x)")  # what SQLite holds in memory is read again
        await house.shows(CECILIA, "ask_staff")
        await house.is_filled_anew()
        await house.shows(CECILIA, "accepted")
        assert house.epochs() == 1

    play(path, scene)


@pytest.mark.parametrize("damage", [heads_of_nonsense, spoil_the_heads])
def test_a_list_that_does_not_know_how_far_it_has_come_is_lost_until_it_is_filled(
    path: Path, damage: Callable[[Path], None]
) -> None:
    damage(path)

    async def away(house: House) -> None:
        await until(lambda: house.cards.lost)  # its keeper has looked by now
        await house.shows(ANNA, "ask_staff")
        await house.shows(BENGT, "ask_staff")
        assert house.epochs() == 1

    play(path, away, online=False)

    async def back(house: House) -> None:
        await until(lambda: house.follower.count == 3 and not house.cards.lost)
        await house.shows(ANNA, "accepted")

    play(path, back)


def test_damage_that_no_card_meets_is_found_by_the_next_change_and_filled_anew(path: Path) -> None:
    # Without this the list would be filled beside the damage for ever: it could never be swapped in.
    spoil_the_rows(path)
    fleet = fleet_of_three()

    async def scene(cards: SqliteCards) -> None:
        door = Door()
        async with following(door, cards, fleet) as follower:
            follower.connected()
            await until(lambda: follower.fresh_at is not None)
            fleet.register(row_of(ANNA, status="blocked"))
            follower.server_said(fleet.state)
            await until(lambda: cards.lost)
            door.clock.advance(11)
            await until(lambda: follower.count == 3 and not cards.lost)
            assert cards.find(LIST_KEY.card_key(ANNA)) == row_of(ANNA, status="blocked")

    with closing(SqliteCards(path)) as cards:
        asyncio.run(scene(cards))
