"""What every staff desk promises the agent, asked of the simulated one and of the page's own."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from agent.adapters.simulated.staff_desk import SimulatedStaffDesk
from agent.core.actions import Ref
from agent.core.staff_view import LettingIn, StaffView, TakingBack
from agent.core.staff_words import LetIn, Pause, Resume, Said, TakeBack, Typed
from agent.ports.staff_desk import StaffDesk
from agent.wire.records import Party
from kiosk_ui.staff_desk import WebStaffDesk
from tests.agent.examples import ANNA, EPOCH

FIRST, SECOND = Ref(EPOCH, 1), Ref(EPOCH, 2)
VIEW = StaffView(let_in=LettingIn(FIRST, 220.0), take_back=TakingBack(SECOND, 220.0), types=True)
HAND = LetIn(FIRST, Party(children=2), "worn_card")


@dataclass(frozen=True)
class Rig:
    """A desk, and somebody at it."""

    desk: StaffDesk
    say: Callable[[Said], bool]


def simulated() -> Rig:
    desk = SimulatedStaffDesk()
    return Rig(desk, desk.say)


def web() -> Rig:
    desk = WebStaffDesk()
    return Rig(desk, desk.take)


@pytest.fixture(params=[simulated, web])
def make_rig(request: pytest.FixtureRequest) -> Callable[[], Rig]:
    made: Callable[[], Rig] = request.param
    return made


def play(make_rig: Callable[[], Rig], scene: Callable[[Rig], Awaitable[None]]) -> None:
    async def live() -> None:
        await scene(make_rig())

    asyncio.run(live())


def test_what_is_offered_reaches_the_agent_in_order(make_rig: Callable[[], Rig]) -> None:
    async def scene(rig: Rig) -> None:
        rig.desk.show(VIEW)
        wanted: list[Said] = [HAND, TakeBack(SECOND), Pause("Palaamme"), Typed(ANNA)]
        assert [rig.say(said) for said in wanted] == [True] * 4
        heard = rig.desk.said()
        assert [await anext(heard) for _ in wanted] == wanted

    play(make_rig, scene)


def test_nothing_is_offered_before_a_view_was_shown(make_rig: Callable[[], Rig]) -> None:
    async def scene(rig: Rig) -> None:
        nothing: list[Said] = [HAND, TakeBack(SECOND), Resume(), Typed(ANNA)]
        assert not any(rig.say(said) for said in nothing)

    play(make_rig, scene)


@pytest.mark.parametrize(
    "said",
    [
        LetIn(None, Party(), "other"),
        LetIn(SECOND, Party(), "other"),
        LetIn(FIRST, Party(children=21), "other"),
        LetIn(FIRST, Party(assistants=1), "other"),
        TakeBack(FIRST),
        Resume(),
    ],
)
def test_what_is_not_offered_does_not(make_rig: Callable[[], Rig], said: Said) -> None:
    async def scene(rig: Rig) -> None:
        rig.desk.show(VIEW)
        assert not rig.say(said)
        assert rig.say(TakeBack(SECOND))
        assert await anext(rig.desk.said()) == TakeBack(SECOND)

    play(make_rig, scene)


def test_the_newest_view_is_the_one_that_offers(make_rig: Callable[[], Rig]) -> None:
    async def scene(rig: Rig) -> None:
        rig.desk.show(VIEW)
        rig.desk.show(StaffView(paused=""))
        after: list[Said] = [HAND, Typed(ANNA), Resume()]
        assert [rig.say(said) for said in after] == [False, False, True]

    play(make_rig, scene)
