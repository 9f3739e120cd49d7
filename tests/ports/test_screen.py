"""What every screen promises the agent, asked of the simulated one and of the page's own."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from agent.adapters.simulated.screen import SimulatedScreen
from agent.config import ScreenConfig
from agent.ports.screen import Screen, View
from agent.wire.screen import Answer, Question
from kiosk_ui.screen import WebScreen

EPOCH = "00112233445566778899aabbccddeeff"
ASKING = View("accepted", Question(epoch=EPOCH, seq=5, most=3))


@dataclass(frozen=True)
class Rig:
    """A screen, and a visitor's finger on it."""

    screen: Screen
    tap: Callable[[Answer], bool]


def simulated() -> Rig:
    screen = SimulatedScreen()
    return Rig(screen, screen.answer)


def web() -> Rig:
    screen = WebScreen(ScreenConfig(port=0))
    return Rig(screen, lambda answer: screen.take(answer) == "taken")


@pytest.fixture(params=[simulated, web])
def make_rig(request: pytest.FixtureRequest) -> Callable[[], Rig]:
    made: Callable[[], Rig] = request.param
    return made


def answer(children: int, seq: int = 5) -> Answer:
    return Answer(epoch=EPOCH, seq=seq, children=children)


def play(make_rig: Callable[[], Rig], scene: Callable[[Rig], Awaitable[None]]) -> None:
    async def live() -> None:
        await scene(make_rig())

    asyncio.run(live())


def test_an_answer_to_the_open_question_reaches_the_agent(make_rig: Callable[[], Rig]) -> None:
    async def scene(rig: Rig) -> None:
        rig.screen.show(ASKING)
        assert rig.tap(answer(2))
        assert await anext(rig.screen.answers()) == answer(2)

    play(make_rig, scene)


def test_the_agent_may_wait_for_an_answer_before_the_question_is_shown(make_rig: Callable[[], Rig]) -> None:
    async def scene(rig: Rig) -> None:
        async def first() -> Answer:
            return await anext(rig.screen.answers())

        waiting = asyncio.create_task(first())
        await asyncio.sleep(0)
        rig.screen.show(ASKING)
        rig.tap(answer(0))
        assert await waiting == answer(0)

    play(make_rig, scene)


@pytest.mark.parametrize(
    ("shown", "tapped"),
    [
        pytest.param(ASKING, answer(1, seq=4), id="of the visitor before"),
        pytest.param(View("accepted"), answer(1), id="where nothing is asked"),
        pytest.param(View("idle"), answer(1), id="at rest"),
        pytest.param(ASKING, answer(4), id="above the bound"),
    ],
)
def test_an_answer_is_refused(make_rig: Callable[[], Rig], shown: View, tapped: Answer) -> None:
    async def scene(rig: Rig) -> None:
        rig.screen.show(ASKING)
        rig.screen.show(shown)
        assert not rig.tap(tapped)
        rig.screen.show(ASKING)
        assert rig.tap(answer(3))
        assert await anext(rig.screen.answers()) == answer(3), "the refused one must not come out"

    play(make_rig, scene)


def test_a_question_takes_one_answer_each_time_it_is_shown(make_rig: Callable[[], Rig]) -> None:
    async def scene(rig: Rig) -> None:
        rig.screen.show(ASKING)
        assert rig.tap(answer(1))
        assert not rig.tap(answer(2))
        rig.screen.show(ASKING)
        assert rig.tap(answer(3))
        answers = rig.screen.answers()
        assert [await anext(answers), await anext(answers)] == [answer(1), answer(3)]

    play(make_rig, scene)


def test_showing_needs_nobody_to_watch_and_no_reader_of_answers(make_rig: Callable[[], Rig]) -> None:
    async def scene(rig: Rig) -> None:
        for _ in range(2000):
            rig.screen.show(ASKING)
            rig.screen.show(View("idle"))

    play(make_rig, scene)


def test_the_simulated_screen_remembers_what_was_shown() -> None:
    screen = SimulatedScreen()
    screen.show(View("idle"))
    screen.show(ASKING)
    assert list(screen.shown) == [View("idle"), ASKING]
