"""One state for many browsers: the newest, at the reader's own pace."""

import asyncio
from collections.abc import Awaitable, Callable

from agent.config import ScreenConfig
from agent.ports.screen import View
from agent.wire.screen import Screen
from kiosk_ui.screen import WebScreen

LONG_S = 60.0
SHORT_S = 0.01


def play(scene: Callable[[WebScreen], Awaitable[None]]) -> None:
    async def live() -> None:
        await scene(WebScreen(ScreenConfig(port=0)))

    asyncio.run(live())


def test_a_browser_gets_the_current_state_at_once() -> None:
    async def scene(screen: WebScreen) -> None:
        screen.show(View("idle"))
        message = await anext(screen.watch(LONG_S))
        assert isinstance(message, Screen)
        assert message.state == "idle"

    play(scene)


def test_a_slow_browser_gets_the_newest_state_and_none_between() -> None:
    async def scene(screen: WebScreen) -> None:
        stream = screen.watch(LONG_S)
        await anext(stream)
        for view in (View("idle"), View("accepted"), View("thanks")):
            screen.show(view)
        message = await anext(stream)
        assert isinstance(message, Screen)
        assert message.state == "thanks"
        screen.close()
        assert [late async for late in stream] == []

    play(scene)


def test_that_somebody_else_comes_is_told_once_and_of_nobody_who_was_there() -> None:
    async def scene(screen: WebScreen) -> None:
        screen.show(View("ask_staff", visitor=3))
        comings = screen.comings(LONG_S)
        told = [await anext(comings)]
        for view in (
            View("idle"),
            View("ask_staff", visitor=3),
            View("seen", visitor=4),
            View("thanks", visitor=4),
        ):
            screen.show(view)
            told.append(await anext(comings))
        assert told == [False, False, False, True, False]
        screen.close()
        assert [late async for late in comings] == []

    play(scene)


def test_a_state_shown_while_the_browser_is_busy_is_not_missed() -> None:
    async def scene(screen: WebScreen) -> None:
        stream = screen.watch(LONG_S)
        await anext(stream)
        screen.show(View("accepted"))
        await anext(stream)
        screen.show(View("idle"))
        message = await anext(stream)
        assert isinstance(message, Screen)
        assert message.state == "idle"

    play(scene)


def test_silence_is_filled_with_pings() -> None:
    async def scene(screen: WebScreen) -> None:
        stream = screen.watch(SHORT_S)
        await anext(stream)
        assert [await anext(stream), await anext(stream)] == [None, None]

    play(scene)


def test_closing_ends_a_waiting_stream() -> None:
    async def scene(screen: WebScreen) -> None:
        stream = screen.watch(LONG_S)
        await anext(stream)
        waiting = asyncio.create_task(_rest(stream.__anext__))
        await asyncio.sleep(0)
        screen.close()
        assert await waiting == "ended"

    async def _rest(step: Callable[[], Awaitable[object]]) -> str:
        try:
            await step()
        except StopAsyncIteration:
            return "ended"
        return "went on"

    play(scene)


def test_a_real_key_reaches_every_browser_that_watches_and_none_that_comes_later() -> None:
    async def scene(screen: WebScreen) -> None:
        screen.more()
        stream = screen.watch(LONG_S)
        first = await anext(stream)
        assert isinstance(first, Screen)
        screen.more()
        screen.more()
        assert [await anext(stream), await anext(stream)] == ["more", "more"]
        screen.show(View("idle"))
        shown = await anext(stream)
        assert isinstance(shown, Screen)

    play(scene)


def test_the_same_view_shown_once_more_is_told_once_more() -> None:
    """The page takes a tap as answered until then."""

    async def scene(screen: WebScreen) -> None:
        view = View("accepted")
        screen.show(view)
        stream = screen.watch(LONG_S)
        await anext(stream)
        screen.show(view)
        assert isinstance(await anext(stream), Screen)

    play(scene)
