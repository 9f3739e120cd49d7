"""The list's key is changed: the kiosk is given the new one, and looks up by it in its own list alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import msgspec
import pytest
from msgspec import UNSET

from agent.adapters.simulated.clock import SimulatedClock
from agent.card_follower import CardFollower
from agent.cards_known import CardsKnown
from agent.ports.card_list import CardList
from agent.wire.card_code import CardCode
from agent.wire.card_key import ListKey
from agent.wire.card_page import CardRow
from agent.wire.key_box import KeyBox, seal_list_key
from agent.wire.messages import CardsGet, CardsPage, decode
from agent.worker import Worker
from tests.agent.background import running, until
from tests.agent.examples import (
    ANNA,
    BENGT,
    CECILIA,
    LIST_KEY,
    OTHER_GENERATION,
    OTHER_LIST_KEY,
    moment,
    row_of,
)
from tests.agent.fleet import FakeFleet
from tests.agent.following import WAIT_S, known_by

THIRD_KEY = ListKey(b"third key, third key, third key.")


def rows(key: ListKey) -> list[CardRow]:
    return [
        row_of(ANNA, list_key=key),
        row_of(BENGT, status="blocked", list_key=key),
        *(msgspec.structs.replace(row_of(ANNA), key=number) for number in range(1, 6)),
    ]


def rotated(fleet: FakeFleet, key: ListKey = OTHER_LIST_KEY, generation: str = OTHER_GENERATION) -> None:
    fleet.rotate(key, generation, rows(key))


@dataclass
class Kiosk:
    cards: CardList
    fleet: FakeFleet = field(default_factory=FakeFleet)
    clock: SimulatedClock = field(default_factory=SimulatedClock)
    let_through: int | None = None
    """How many answers come through from now on; ``None``: all."""
    enrolled: ListKey = LIST_KEY
    known: CardsKnown = field(init=False)

    def __post_init__(self) -> None:
        for row in rows(LIST_KEY):
            self.fleet.register(row)

    def status(self, code: CardCode) -> str:
        """What a look-up at the door says."""
        row = self.known.look_up(code, moment(1)).row
        return row.status if isinstance(row, CardRow) else str(row)

    def statuses(self) -> tuple[str, str, str]:
        return self.status(ANNA), self.status(BENGT), self.status(CECILIA)

    @asynccontextmanager
    async def following(self) -> AsyncIterator[CardFollower]:
        def ask(payload: bytes) -> None:
            page = self.fleet.answer(decode(payload, CardsGet))
            if self.let_through is not None:
                self.let_through -= 1
                if self.let_through < 0:
                    return
            follower.page(page)

        worker = Worker("cards")
        follower = CardFollower(
            cards=self.cards,
            list_key=self.enrolled,
            worker=worker,
            clock=self.clock,
            publish=ask,
            gathered_rows=1,
        )
        self.known = known_by(follower)
        async with running(follower.run(), WAIT_S, worker):
            follower.connected()
            yield follower


WHOLE = ("active", "blocked", "None")


def test_a_kiosk_is_given_the_new_key_and_looks_up_by_it_from_the_swap_on(cards: CardList) -> None:
    async def scene() -> None:
        kiosk = Kiosk(cards)
        async with kiosk.following() as follower:
            await until(lambda: follower.fresh_at is not None)
            assert kiosk.statuses() == WHOLE
            kiosk.let_through = 2
            rotated(kiosk.fleet)
            follower.server_said(kiosk.fleet.state)
            await until(lambda: kiosk.let_through == -1)
            # Two of three pages are in: the old list goes on answering, by the old key.
            assert cards.answering_key() == LIST_KEY
            assert kiosk.statuses() == WHOLE
            kiosk.let_through = None
            kiosk.clock.advance(11)
            await until(lambda: cards.answering_key() == OTHER_LIST_KEY)
            assert kiosk.statuses() == WHOLE
            assert cards.find(LIST_KEY.card_key(BENGT)) is None

    asyncio.run(scene())


def test_a_new_key_is_asked_for_by_the_name_of_the_old_one_and_a_public_key_of_this_run(
    cards: CardList,
) -> None:
    async def scene() -> None:
        kiosk = Kiosk(cards)
        seals = set()
        for _ in range(2):
            kiosk.fleet.asked.clear()
            async with kiosk.following():
                await until(lambda: cards.head("live") is not None and len(kiosk.fleet.asked) > 0)
                assert {get.key_id for get in kiosk.fleet.asked} == {LIST_KEY.id}
                seals |= {get.seal_to for get in kiosk.fleet.asked}
        assert len(seals) == 2
        rotated(kiosk.fleet)
        kiosk.fleet.asked.clear()
        async with kiosk.following():
            await until(lambda: cards.answering_key() == OTHER_LIST_KEY)
            names = [get.key_id for get in kiosk.fleet.asked]
            assert names == [LIST_KEY.id, *[OTHER_LIST_KEY.id] * 2]

    asyncio.run(scene())


def test_key_and_list_survive_a_restart_and_a_fill_goes_on_with_its_key(cards: CardList) -> None:
    async def scene() -> None:
        kiosk = Kiosk(cards)
        rotated(kiosk.fleet)
        kiosk.let_through = 1
        async with kiosk.following():
            await until(lambda: kiosk.let_through == -1)
        kiosk.let_through = None
        async with kiosk.following():
            await until(lambda: cards.answering_key() == OTHER_LIST_KEY)
            assert kiosk.statuses() == WHOLE
            assert [get.since for get in kiosk.fleet.asked] == [0, 3, 3, 6]
        async with kiosk.following() as follower:
            await until(lambda: follower.count > 0)
            assert kiosk.statuses() == WHOLE, "without a word of the server"

    asyncio.run(scene())


def test_whose_list_s_file_was_lost_begins_with_the_first_key_and_is_given_the_new_one_again(
    cards: CardList,
) -> None:
    async def scene() -> None:
        kiosk = Kiosk(cards)
        rotated(kiosk.fleet)
        async with kiosk.following() as follower:
            await until(lambda: cards.answering_key() == OTHER_LIST_KEY)
            follower.broken()
            await until(lambda: cards.lost)
            assert kiosk.statuses() == ("unreadable",) * 3
            kiosk.fleet.asked.clear()
            while cards.lost:
                kiosk.clock.advance(11)
                await asyncio.sleep(0.1)
            assert kiosk.fleet.asked[0].key_id == LIST_KEY.id
            assert kiosk.statuses() == WHOLE

    asyncio.run(scene())


def test_a_kiosk_that_was_enrolled_with_another_key_keeps_its_list_s(cards: CardList) -> None:
    """Its folder was made anew, and its list was not: each list answers by its own key."""

    async def scene() -> None:
        kiosk = Kiosk(cards)
        async with kiosk.following() as follower:
            await until(lambda: follower.fresh_at is not None)
        kiosk.enrolled = THIRD_KEY
        async with kiosk.following():
            assert kiosk.statuses() == WHOLE

    asyncio.run(scene())


def test_the_key_may_change_once_more_during_a_fill(cards: CardList) -> None:
    async def scene() -> None:
        kiosk = Kiosk(cards, let_through=2)
        async with kiosk.following() as follower:
            await until(lambda: kiosk.let_through == -1)
            rotated(kiosk.fleet)
            kiosk.let_through = 1
            kiosk.clock.advance(11)
            await until(lambda: kiosk.let_through == -1)
            rotated(kiosk.fleet, THIRD_KEY, "c" * 32)
            kiosk.let_through = None
            kiosk.clock.advance(11)
            await until(lambda: follower.fresh_at is not None)
            assert cards.answering_key() == THIRD_KEY
            assert kiosk.statuses() == WHOLE

    asyncio.run(scene())


@pytest.mark.parametrize("spoil", ["sealed to another", "another key than named", "a key nobody gave"])
def test_a_page_under_a_key_that_the_kiosk_cannot_have_leaves_the_old_list_answering(
    cards: CardList, spoil: str, caplog: pytest.LogCaptureFixture
) -> None:
    def spoilt(page: CardsPage, get: CardsGet) -> CardsPage:
        assert isinstance(get.seal_to, bytes)
        match spoil:
            case "sealed to another":
                return msgspec.structs.replace(
                    page, sealed_key=seal_list_key(OTHER_LIST_KEY, KeyBox().public)
                )
            case "another key than named":
                return msgspec.structs.replace(page, sealed_key=seal_list_key(THIRD_KEY, get.seal_to))
            case _:
                return msgspec.structs.replace(page, sealed_key=UNSET)

    async def scene() -> None:
        kiosk = Kiosk(cards)
        async with kiosk.following() as follower:
            await until(lambda: follower.fresh_at is not None)
            rotated(kiosk.fleet)
            kiosk.let_through = 0
            follower.server_said(kiosk.fleet.state)
            await until(lambda: kiosk.let_through == -1)
            get = kiosk.fleet.asked[-1]
            follower.page(spoilt(kiosk.fleet.answer(get), get))
            await until(lambda: "list key" in caplog.text)
            assert kiosk.statuses() == WHOLE
            assert cards.head("fill") is None
            kiosk.let_through = None
            kiosk.clock.advance(11)
            await until(lambda: cards.answering_key() == OTHER_LIST_KEY)
            assert kiosk.statuses() == WHOLE

    asyncio.run(scene())
    for key in (LIST_KEY, OTHER_LIST_KEY, THIRD_KEY):
        assert key.reveal().hex() not in caplog.text


def test_a_server_without_key_ids_has_the_first_key(cards: CardList) -> None:
    async def scene() -> None:
        kiosk = Kiosk(cards)
        kiosk.fleet.names_keys = False
        async with kiosk.following() as follower:
            await until(lambda: follower.fresh_at is not None)
            assert kiosk.statuses() == WHOLE
            assert cards.answering_key() == LIST_KEY

    asyncio.run(scene())
