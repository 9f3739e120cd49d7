"""A visitor's frames, read by the real decoder."""

from itertools import pairwise

import numpy as np
import pytest

from agent.adapters.simulated.card_picture import HeldUp
from agent.adapters.simulated.visit import PRESETS, Preset, visit_frames
from agent.adapters.zxing import ZxingDecoder

CODE = "A999123453"
SEED = 11


def test_the_same_seed_gives_the_same_frames() -> None:
    first, second = (list(visit_frames(CODE, SEED, size=(640, 360))) for _ in range(2))
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


def test_another_seed_gives_another_visit() -> None:
    first, second = (next(visit_frames(CODE, seed, size=(640, 360))) for seed in (1, 2))
    assert not np.array_equal(first, second)


def test_no_two_frames_are_equal_and_all_have_the_size() -> None:
    frames = list(visit_frames(CODE, SEED, size=(640, 360)))
    assert {frame.shape for frame in frames} == {(360, 640)}
    assert not any(np.array_equal(one, other) for one, other in pairwise(frames))


@pytest.mark.parametrize("shown_as", ["card", "phone"])
@pytest.mark.parametrize("preset", PRESETS)
def test_a_card_held_up_is_read_in_some_frame(shown_as: HeldUp, preset: Preset) -> None:
    decoder = ZxingDecoder()
    frames = visit_frames(CODE, SEED, shown_as=shown_as, preset=preset)
    texts = {one.text for frame in frames for one in decoder.decode(frame)}
    assert texts == {CODE}


def test_a_foreign_code_is_read_as_what_it_is() -> None:
    decoder = ZxingDecoder()
    frames = visit_frames("https://example.org/", SEED, shown_as="foreign")
    assert {one.text for frame in frames for one in decoder.decode(frame)} == {"https://example.org/"}


def test_at_the_end_the_counter_is_empty() -> None:
    *_, last = visit_frames(CODE, SEED)
    assert not ZxingDecoder().decode(last)
