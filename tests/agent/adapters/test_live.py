"""When the first look is taken, when a rescue, and what becomes of its finds."""

import threading
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from agent.adapters.aside import AsideAtOnce, AsideThread
from agent.adapters.code_like import around, code_like, cut, guide_box, stays
from agent.adapters.live import LiveDecoder
from agent.adapters.rescue import rescue_steps
from agent.adapters.simulated.damage import Damage, damaged
from agent.adapters.simulated.held import code39, near_the_spot, some_code, trembling
from agent.adapters.simulated.scene import Light, empty_counter
from agent.adapters.zbar import ZbarDecoder
from agent.adapters.zxing import ZxingDecoder
from agent.core.attention import rules_for
from agent.ports.camera import Luma
from agent.ports.decoder import Found

SIZE = (1280, 720)
CARD = Found("A999123453", "code39", (0, 0, 1, 1))
POSTER = Found("https://example.org", "qr", (0, 0, 1, 1))


class Scripted:
    """Finds what it is told, and counts how often it was asked."""

    def __init__(self, *finds: Found) -> None:
        self.name = "scripted"
        self.failures = 0
        self.finds = finds
        self.asked = 0

    def decode(self, luma: Luma) -> Sequence[Found]:
        del luma
        self.asked += 1
        return self.finds


def empty(seed: int) -> Luma:
    return empty_counter(SIZE, Light(), np.random.default_rng(seed))


def live(first: Scripted, *steps: Scripted) -> LiveDecoder:
    rules = rules_for(15, len(steps))
    # Nothing costs anything: what may be spent is the core's question.
    return LiveDecoder(first, steps, rules, lambda one: one.text == CARD.text, AsideAtOnce(), lambda: 0.0)


def moving(frames: int) -> list[Luma]:
    pictures = [empty(seed) for seed in range(2)]
    pictures[1][300:400, 500:700] = 255
    return [pictures[number % 2] for number in range(frames)]


def test_a_still_picture_is_looked_at_now_and_then() -> None:
    first = Scripted()
    decoder, pictures = live(first), [empty(seed) for seed in range(4)]
    for number in range(215):
        decoder.decode(pictures[number % 4])
    assert first.asked == 16 + 20


def test_a_picture_that_changes_is_looked_at_each_time() -> None:
    first = Scripted()
    decoder = live(first)
    for luma in moving(60):
        decoder.decode(luma)
    assert first.asked == 60


def test_what_a_step_finds_comes_with_a_later_frame_and_the_step_is_tried_again() -> None:
    steps = Scripted(), Scripted(CARD), Scripted()
    decoder = live(Scripted(), *steps)
    finds = [decoder.decode(luma) for luma in [*moving(200), *[empty(0)] * 40]]
    texts = [one.text for found in finds for one in found]
    assert finds[0] == ()
    assert texts.count(CARD.text) >= 2
    # What the last frame's step found comes with the next.
    assert steps[1].asked - texts.count(CARD.text) in (0, 1)
    assert steps[2].asked == 0


def test_a_poster_beside_it_does_not_keep_the_rescue_from_a_card() -> None:
    step = Scripted(CARD)
    decoder = live(Scripted(POSTER), step)
    assert CARD.text in [one.text for luma in moving(100) for one in decoder.decode(luma)]


def test_reads_are_handed_over_before_anything_that_serves_later_frames() -> None:
    step = Scripted()
    decoder = live(Scripted(), step)
    for luma in moving(40):
        asked = step.asked
        decoder.first(luma)
        assert step.asked == asked
        decoder.then(luma)
    assert step.asked > 0


def test_a_card_that_is_read_needs_no_rescue() -> None:
    step = Scripted()
    decoder = live(Scripted(CARD), step)
    for luma in moving(60):
        assert decoder.decode(luma) == (CARD,)
    assert step.asked == 0


def test_what_is_like_a_code_and_stays_unread_is_counted_once() -> None:
    decoder = live(Scripted(), Scripted(), Scripted())
    rng = np.random.default_rng(3)
    held = code39(some_code(rng))
    luma = damaged(held, near_the_spot(held, 2.2, SIZE, rng), Damage("contrast", 0.5), SIZE, rng, 7)
    for _ in range(60):
        decoder.decode(luma)
    assert decoder.unread == 1


def test_an_empty_counter_is_nothing_unread() -> None:
    decoder = live(Scripted(), Scripted())
    for seed in range(60):
        decoder.decode(empty(seed % 4))
    assert decoder.unread == 0


def test_with_one_engine_and_no_steps_it_goes_on() -> None:
    decoder = live(Scripted())
    assert [decoder.decode(luma) for luma in moving(5)] == [()] * 5


@pytest.mark.parametrize(
    "damage",
    [
        Damage("shadow", 0.9),
        Damage("noise", 20),
        Damage("contrast", 0.06),
        Damage("lowlight", 0.1),
        Damage("turn", 40),
    ],
    ids=str,
)
def test_a_damaged_barcode_is_read_twice_in_a_second_and_a_half(damage: Damage) -> None:
    engines = ZxingDecoder(), ZbarDecoder()
    steps = rescue_steps(engines)
    rng = np.random.default_rng(7)
    code = some_code(rng)
    held = code39(code)
    pose = near_the_spot(held, 2.2, SIZE, rng)
    decoder = LiveDecoder(
        engines[0], steps, rules_for(15, len(steps)), lambda one: one.text == code, AsideAtOnce()
    )
    reads = 0
    for _ in range(22):
        found = decoder.decode(damaged(held, trembling(pose, rng), damage, SIZE, rng, 7))
        reads += code in {one.text for one in found}
    assert reads >= 2


def test_a_thread_beside_takes_one_job_at_a_time() -> None:
    aside: AsideThread[int] = AsideThread()
    go, ended = threading.Event(), threading.Event()

    def slow() -> int:
        go.wait(10)
        return 1

    def then() -> int:
        ended.set()
        return 2

    assert aside.start(slow)
    assert not aside.start(then)
    assert aside.done() is None
    go.set()
    assert result(aside.done) == 1
    assert aside.done() is None
    assert aside.start(then)
    assert ended.wait(10)
    assert result(aside.done) == 2


def result(done: Callable[[], int | None]) -> int | None:
    waited = threading.Event()
    for _ in range(1000):
        if (value := done()) is not None:
            return value
        waited.wait(0.01)
    return None


def test_a_code_is_like_one_and_a_counter_is_not() -> None:
    rng = np.random.default_rng(1)
    held = code39("A999123453")
    pose = near_the_spot(held, 2.2, SIZE, rng)
    seen = [damaged(held, trembling(pose, rng), Damage("jpeg", 60), SIZE, rng, n) for n in range(2)]
    masks = [code_like(luma) for luma in seen]
    box = around(masks[0], seen[0].shape)
    assert box is not None
    assert CARD.text in {one.text for one in ZxingDecoder().decode(cut(seen[0], box))}
    assert stays(masks[1], masks[0])
    assert not stays(np.roll(masks[1], 5, axis=1), masks[0])
    nothing = code_like(empty(0))
    assert around(nothing, seen[0].shape) is None
    assert not stays(nothing, nothing)


@pytest.mark.parametrize("shape", [(0, 0), (0, 640), (1, 1), (31, 640), (32, 32), (33, 5), (64, 96)])
def test_an_odd_shape_is_like_no_code_and_no_error(shape: tuple[int, int]) -> None:
    luma = np.zeros(shape, np.uint8)
    assert not code_like(luma).any()
    assert not code_like(cut(luma, guide_box(shape))).any()
