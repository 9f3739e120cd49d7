"""Made-up visitors go through the real decoder, answer on the real screen, and give way to a person."""

import asyncio
import random
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from agent.adapters.simulated.frame_socket import FrameRefusedError
from agent.ports.screen import View
from agent.wire.screen import Answer
from provisioning.demo.cards import FOREIGN_TEXT, Deck, made_up_cards
from provisioning.demo.visitors import Visitor, come_by, next_visitor, visit
from tests.kiosk_ui.running import QUESTION
from tests.provisioning.demo.door import PATTERN, entrance_of, kiosk, spot

CHANCE = random.Random(5)  # noqa: S311  (made-up cards need no secrets)
DECK = Deck(made_up_cards(1, date(2026, 11, 24), 200), CHANCE)
WAIT_S = 20.0


def visitor(**changes: object) -> Visitor:
    plain = {"sort": "valid", "shown_as": "card", "preset": "good", "seed": 3, "children": 2, "think_s": 0.0}
    return Visitor(**(plain | changes))  # type: ignore[arg-type]  # a test names the fields it cares for


def test_all_sorts_come_by_and_most_are_valid() -> None:
    chance = random.Random(1)  # noqa: S311  (likewise)
    sorts = Counter(next_visitor(chance).sort for _ in range(400))
    assert set(sorts) == {"valid", "expired", "blocked", "unknown", "foreign"}
    assert sorts["valid"] > 200


def test_a_visitors_card_is_read_by_the_real_decoder(tmp_path: Path) -> None:
    async def body() -> None:
        async with entrance_of(place) as entrance:
            await visit(entrance, visitor(children=None), DECK)

    with kiosk(tmp_path) as (place, screen, seen):
        screen.show(View("accepted", QUESTION))
        asyncio.run(body())
    assert any(PATTERN.fullmatch(text) for text in seen.texts)


def test_a_foreign_code_is_held_up_as_it_is(tmp_path: Path) -> None:
    async def body() -> None:
        async with entrance_of(place) as entrance:
            await visit(entrance, visitor(sort="foreign", shown_as="foreign", children=None), DECK)

    with kiosk(tmp_path) as (place, screen, seen):
        screen.show(View("accepted", QUESTION))
        asyncio.run(body())
    assert seen.texts == {FOREIGN_TEXT}


def test_a_visitor_taps_the_number_of_children_on_the_screen(tmp_path: Path) -> None:
    async def body() -> None:
        async with entrance_of(place) as entrance:
            await visit(entrance, visitor(children=2), DECK)

    with kiosk(tmp_path) as (place, screen, _):
        screen.show(View("accepted", QUESTION))
        asyncio.run(body())
    assert screen.answers == [Answer(epoch=QUESTION.epoch, seq=QUESTION.seq, about="children", count=2)]


def test_nobody_made_up_comes_while_a_person_is_there_nor_pushes_in_before_an_answer(tmp_path: Path) -> None:
    async def body() -> None:
        async with entrance_of(place) as entrance:
            await entrance.screen.until(lambda shown: shown is not None, WAIT_S)
            entrance.keep_for_person()
            coming = asyncio.create_task(come_by(entrance, DECK, CHANCE))
            await asyncio.wait([coming], timeout=0.5)
            coming.cancel()

    with kiosk(tmp_path) as (place, screen, seen):
        screen.show(View("idle"))
        asyncio.run(body())
    assert seen.texts == set()


def test_somebody_comes_by_at_an_idle_kiosk(tmp_path: Path) -> None:
    async def body() -> None:
        async with entrance_of(place) as entrance:
            await entrance.screen.until(lambda shown: shown is not None, WAIT_S)
            coming = asyncio.create_task(come_by(entrance, DECK, CHANCE))
            assert await asyncio.to_thread(seen.any.wait, WAIT_S)
            coming.cancel()

    with kiosk(tmp_path) as (place, screen, seen):
        screen.show(View("idle"))
        asyncio.run(body())


def test_a_kiosk_that_is_away_is_a_refused_frame(tmp_path: Path) -> None:
    async def body() -> None:
        async with entrance_of(spot(tmp_path, "http://127.0.0.1:9/")) as entrance:
            await visit(entrance, visitor(), DECK)

    with pytest.raises(FrameRefusedError):
        asyncio.run(body())
