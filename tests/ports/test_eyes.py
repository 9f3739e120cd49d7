"""What all eyes promise: opened first, reads in order, a loss is an event, closing ends it."""

import asyncio
import re
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.adapters.simulated.eyes import SimulatedEyes
from agent.adapters.simulated.frame_socket import show
from agent.core.reads import recognise
from agent.ports.eyes import Eyes, EyesLost, EyesOpened, Looked
from agent.wire.card_code import DEFAULT_PATTERN, CardCode
from tests.agent.adapters.watching import CODE, Watched, card_frame, children, eyes_on, first, play


@dataclass(frozen=True)
class Bench:
    eyes: Eyes
    hold_up_card: Callable[[], None]
    look_at_nothing: Callable[[], None]
    break_down: Callable[[], None]


def simulated(folder: Path) -> Bench:
    del folder
    eyes = SimulatedEyes()
    read = recognise(CODE, "qr", re.compile(DEFAULT_PATTERN))
    return Bench(eyes, lambda: eyes.see(read), eyes.see, lambda: eyes.lose("broken down"))


def camera_child(folder: Path) -> Bench:
    socket = folder / "camera.sock"
    return Bench(
        eyes_on(socket),
        lambda: show(socket, card_frame(), 30),
        lambda: None,
        lambda: children()[0].send_signal(signal.SIGKILL),
    )


@pytest.fixture(params=[simulated, camera_child])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    make: Callable[[Path], Bench] = request.param
    return make(tmp_path)


def test_first_it_opens_and_names_its_parts(bench: Bench) -> None:
    async def scene(watched: Watched) -> None:
        opened = await anext(watched)
        assert isinstance(opened, EyesOpened)
        assert opened.camera
        assert opened.engines

    play(bench.eyes, scene)


def test_an_empty_frame_is_a_sign_of_life(bench: Bench) -> None:
    async def scene(watched: Watched) -> None:
        await anext(watched)
        bench.look_at_nothing()
        looked = await anext(watched)
        assert isinstance(looked, Looked)
        assert looked.reads == ()
        assert looked.decode_ms >= 0

    play(bench.eyes, scene)


def test_a_card_is_read(bench: Bench) -> None:
    async def scene(watched: Watched) -> None:
        await anext(watched)
        await asyncio.to_thread(bench.hold_up_card)
        looked = await first(watched, lambda glance: isinstance(glance, Looked) and bool(glance.reads))
        assert isinstance(looked, Looked)
        assert looked.reads[0].code == CardCode(CODE)
        assert CODE not in repr(looked)

    play(bench.eyes, scene)


def test_a_breakdown_is_told_and_then_it_opens_again(bench: Bench) -> None:
    async def scene(watched: Watched) -> None:
        await anext(watched)
        bench.break_down()
        lost = await first(watched, lambda glance: isinstance(glance, EyesLost))
        assert isinstance(lost, EyesLost)
        assert lost.why
        assert isinstance(await anext(watched), EyesOpened)

    play(bench.eyes, scene)


def test_closing_ends_it(bench: Bench) -> None:
    async def scene(watched: Watched) -> None:
        await anext(watched)

    play(bench.eyes, scene)
    assert not children()
