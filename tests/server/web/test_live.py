"""The event stream: what changed, to every open page, and an end when the server stops."""

import asyncio
import itertools
import json
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import AsyncExitStack, ExitStack, aclosing
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from agent.told import ToldError
from agent.wire.screen import Language
from server.adapters.simulated_figures import SimulatedChanges, SimulatedFigures
from server.domain.figures import Overview
from server.web.language import speaking
from server.web.live import Live
from server.web.parts import PARTS
from tests.server.web.fleet import NOW, busy_fleet
from tests.server.web.serving import served


class FailingFigures(SimulatedFigures):
    """A store that is away for a while."""

    away = False

    def overview(self) -> Overview:
        if self.away:
            raise ToldError("The database is away.")
        return super().overview()


class OpenPage:
    """One page's event stream."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def next(self) -> dict[str, str]:
        for line in self._lines:
            if line.startswith("data: "):
                parts = json.loads(line.removeprefix("data: "))
                assert isinstance(parts, dict)
                return parts
        raise EOFError


@pytest.fixture
def changes() -> SimulatedChanges:
    return SimulatedChanges()


def open_page(stack: ExitStack, url: str) -> OpenPage:
    answer = stack.enter_context(httpx.stream("GET", f"{url}/events", timeout=20))
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "content-security-policy" in answer.headers
    return OpenPage(answer.iter_lines())


def test_a_page_gets_everything_first_and_then_only_what_changed(changes: SimulatedChanges) -> None:
    figures = busy_fleet()
    with ExitStack() as stack:
        page = open_page(stack, stack.enter_context(served(figures, changes)))
        assert set(page.next()) == set(PARTS)
        figures.change_kiosk("k-0000000000", lambda kiosk: replace(kiosk, state="lost"))
        changes.tell()
        parts = page.next()
        assert set(parts) == {"announcement", "counts", "kiosk-rows"}
        assert "ei yhteyttä 2" in parts["announcement"]


def test_without_a_change_the_stream_still_says_something_and_times_grow(changes: SimulatedChanges) -> None:
    figures = busy_fleet()
    with ExitStack() as stack:
        page = open_page(stack, stack.enter_context(served(figures, changes, beat_s=0.05)))
        page.next()
        assert page.next() == {}
        figures.as_of = NOW + timedelta(minutes=1)
        parts = next(parts for parts in iter(page.next, None) if parts)
        assert "43\xa0min" in parts["kiosk-rows"]


def test_pages_that_are_told_at_the_same_time_share_a_rendering(changes: SimulatedChanges) -> None:
    rendered = itertools.count(1)

    async def twelve_pages() -> list[str]:
        live = Live(changes, lambda _: {"fi": {"part": str(next(rendered))}}, beat_s=20)
        async with AsyncExitStack() as stack:
            pages = [await stack.enter_async_context(aclosing(live.stream())) for _ in range(12)]
            await asyncio.gather(*(anext(page) for page in pages))  # the retry time
            await asyncio.gather(*(anext(page) for page in pages))
            changes.tell()
            return await asyncio.gather(*(anext(page) for page in pages))

    assert asyncio.run(twelve_pages()) == ['data: {"part": "2"}\n\n'] * 12


def test_a_change_is_read_once_and_rendered_once_in_each_language_that_somebody_watches(
    changes: SimulatedChanges,
) -> None:
    rendered: list[list[Language]] = []

    def render(languages: Collection[Language]) -> dict[Language, dict[str, str]]:
        rendered.append(sorted(languages))
        return {one: {"part": one} for one in languages}

    async def pages_in(*languages: Language) -> list[str]:
        live = Live(changes, render, beat_s=20)
        async with AsyncExitStack() as stack:
            pages = [await stack.enter_async_context(aclosing(live.stream())) for _ in languages]
            for page, one in zip(pages, languages, strict=True):
                with speaking(one):
                    await anext(page)  # the retry time
            await asyncio.gather(*(anext(page) for page in pages))
            changes.tell()
            return await asyncio.gather(*(anext(page) for page in pages[:2]))

    assert asyncio.run(pages_in("sv", "fi", "sv")) == ["data: {}\n\n"] * 2
    assert rendered == [["fi", "sv"], ["fi", "sv"]]


def test_a_page_is_told_in_its_own_language_whatever_its_reader_has_chosen_since(
    changes: SimulatedChanges,
) -> None:
    with ExitStack() as stack:
        url = stack.enter_context(served(busy_fleet(), changes))
        said = []
        for query in ("", "?language=sv", "?language=xx"):
            headers = {"cookie": "kaiku-language=en"}
            answer = stack.enter_context(
                httpx.stream("GET", f"{url}/events{query}", headers=headers, timeout=20)
            )
            said.append(OpenPage(answer.iter_lines()).next()["sentence"])
    assert ["Today" in said[0], "I dag" in said[1], "Today" in said[2]] == [True] * 3


def test_a_change_during_a_rendering_is_rendered_again(changes: SimulatedChanges) -> None:
    """What is being read may be from before the change, so joining it would lose the change."""
    truth = ["before"]
    reading, go_on = threading.Event(), threading.Event()

    def render(_: Collection[Language]) -> dict[Language, dict[str, str]]:
        read = truth[0]
        reading.set()
        go_on.wait(10)
        return {"fi": {"part": read}}

    async def page_told_while_another_is_served() -> str:
        live = Live(changes, render, beat_s=20)
        async with aclosing(live.stream()) as first, aclosing(live.stream()) as second:
            await anext(first), await anext(second)
            early = asyncio.create_task(anext(first))
            await asyncio.to_thread(reading.wait, 10)
            truth[0] = "after"
            late = asyncio.create_task(anext(second))
            await asyncio.sleep(0)
            go_on.set()
            await early
            return await late

    assert "after" in asyncio.run(page_told_while_another_is_served())


def test_the_server_stops_at_once_although_pages_are_open(changes: SimulatedChanges) -> None:
    with ExitStack() as pages:
        with served(busy_fleet(), changes) as url:
            opened = [open_page(pages, url) for _ in range(5)]
            for page in opened:
                page.next()
            begun = time.monotonic()
        # uvicorn itself waits 0.1 s; its time-out for streams that do not end is 3 s.
        assert time.monotonic() - begun < 2
        for page in opened:
            with pytest.raises(EOFError):  # a proper end, not a broken connection
                page.next()
    assert changes.watchers == 0


def test_a_page_that_goes_leaves_nothing_behind(changes: SimulatedChanges) -> None:
    with served(busy_fleet(), changes) as url:
        with ExitStack() as stack:
            page = open_page(stack, url)
            page.next()
            assert changes.watchers == 1
        deadline = time.monotonic() + 10
        while changes.watchers and time.monotonic() < deadline:
            time.sleep(0.01)
        assert changes.watchers == 0


def test_a_store_that_fails_ends_the_streams_and_its_return_is_shown_to_those_who_ask_again(
    changes: SimulatedChanges,
) -> None:
    """The browser asks again by itself, and says meanwhile that the connection is lost."""
    figures = FailingFigures(NOW)
    with ExitStack() as stack:
        url = stack.enter_context(served(figures, changes))
        page = open_page(stack, url)
        page.next()
        figures.away = True
        changes.tell()
        with pytest.raises(EOFError):
            page.next()
        figures.away = False
        assert set(open_page(stack, url).next()) == set(PARTS)
