"""What every screen promises the agent, asked of the simulated one and of the page's own."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from agent.adapters.simulated.screen import SimulatedScreen
from agent.config import ScreenConfig
from agent.ports.screen import Screen, View
from agent.wire.screen import About, Answer, Question, Said, Wanted, Wish
from kiosk_ui.screen import WebScreen

EPOCH = "00112233445566778899aabbccddeeff"
ASKING = View("accepted", Question(epoch=EPOCH, seq=5, about="children", most=3))


@dataclass(frozen=True)
class Rig:
    """A screen, and a visitor's finger on it."""

    screen: Screen
    tap: Callable[[Said], bool]


def simulated() -> Rig:
    screen = SimulatedScreen()
    return Rig(screen, screen.say)


def web() -> Rig:
    screen = WebScreen(ScreenConfig(port=0))
    return Rig(screen, lambda said: screen.take(said) == "taken")


@pytest.fixture(params=[simulated, web])
def make_rig(request: pytest.FixtureRequest) -> Callable[[], Rig]:
    made: Callable[[], Rig] = request.param
    return made


def answer(count: int, seq: int = 5, about: About = "children") -> Answer:
    return Answer(epoch=EPOCH, seq=seq, about=about, count=count)


def wish(wanted: Wanted, seq: int = 5) -> Wish:
    return Wish(epoch=EPOCH, seq=seq, about="children", wanted=wanted)


def play(make_rig: Callable[[], Rig], scene: Callable[[Rig], Awaitable[None]]) -> None:
    async def live() -> None:
        await scene(make_rig())

    asyncio.run(live())


def test_an_answer_to_the_open_question_reaches_the_agent(make_rig: Callable[[], Rig]) -> None:
    async def scene(rig: Rig) -> None:
        rig.screen.show(ASKING)
        assert rig.tap(answer(2))
        assert await anext(rig.screen.said()) == answer(2)

    play(make_rig, scene)


def test_the_agent_may_wait_for_an_answer_before_the_question_is_shown(make_rig: Callable[[], Rig]) -> None:
    async def scene(rig: Rig) -> None:
        async def first() -> Said:
            return await anext(rig.screen.said())

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
        pytest.param(ASKING, answer(1, about="assistants"), id="to another question of the visitor"),
        pytest.param(ASKING, wish("more_time"), id="more time where there is enough"),
        pytest.param(ASKING, wish("back"), id="back from the first question"),
    ],
)
def test_an_answer_is_refused(make_rig: Callable[[], Rig], shown: View, tapped: Said) -> None:
    async def scene(rig: Rig) -> None:
        rig.screen.show(ASKING)
        rig.screen.show(shown)
        assert not rig.tap(tapped)
        rig.screen.show(ASKING)
        assert rig.tap(answer(3))
        assert await anext(rig.screen.said()) == answer(3), "the refused one must not come out"

    play(make_rig, scene)


def test_a_question_takes_one_answer_each_time_it_is_shown(make_rig: Callable[[], Rig]) -> None:
    async def scene(rig: Rig) -> None:
        rig.screen.show(ASKING)
        assert rig.tap(answer(1))
        assert not rig.tap(answer(2))
        rig.screen.show(ASKING)
        assert rig.tap(answer(3))
        answers = rig.screen.said()
        assert [await anext(answers), await anext(answers)] == [answer(1), answer(3)]

    play(make_rig, scene)


def test_more_time_and_the_question_before_reach_the_agent(make_rig: Callable[[], Rig]) -> None:
    question = Question(epoch=EPOCH, seq=5, about="children", most=3, can_go_back=True, hurry_s=20.0)

    async def scene(rig: Rig) -> None:
        wanted: tuple[Wanted, ...] = ("more_time", "back")
        for one in wanted:
            rig.screen.show(View("accepted", question))
            assert rig.tap(wish(one))
            assert not rig.tap(answer(1)), "one tap each time it is shown"
        said = rig.screen.said()
        assert [await anext(said), await anext(said)] == [wish("more_time"), wish("back")]

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
