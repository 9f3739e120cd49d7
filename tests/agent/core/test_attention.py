"""Which frames are looked at, and what may be spent on one that cannot be read."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.attention import (
    Attention,
    card_read,
    looks_anyway,
    may_rescue,
    next_frame,
    rescue_begun,
    rescue_done,
    rules_for,
)

RULES: Final = rules_for(15, rotation=6)


def looked(moves: list[bool]) -> list[bool]:
    now, looks = Attention(), []
    for moved in moves:
        now, look = next_frame(now, moved=moved, rules=RULES)
        looks.append(look)
    return looks


@given(st.lists(st.integers(0, 60), max_size=4))
def test_what_is_looked_at_anyway_is_looked_at_moved_or_not(still: list[int]) -> None:
    now = Attention()
    for moved in (frame == 0 for frames in still for frame in range(frames)):
        both = [next_frame(now, moved=either, rules=RULES)[1] for either in (True, False)]
        assert looks_anyway(now, RULES) == all(both)
        now, _ = next_frame(now, moved=moved, rules=RULES)


def spent(moves: list[bool], cost: float, *, held: bool) -> tuple[int, float]:
    """Rescue steps of ``cost`` begun, and what they took, where each is done before the next frame."""
    now, steps = Attention(credit=RULES.most), 0
    for moved in moves:
        now, _ = next_frame(now, moved=moved, rules=RULES)
        if may_rescue(now, RULES):
            steps += 1
            now = rescue_done(rescue_begun(now), cost=cost, held=held, read=False)
    return steps, steps * cost


@given(st.lists(st.booleans(), max_size=100))
def test_a_frame_that_changed_is_always_looked_at(moves: list[bool]) -> None:
    assert all(look for moved, look in zip(moves, looked(moves), strict=True) if moved)


@given(st.lists(st.booleans(), max_size=200))
def test_no_pause_between_looks_is_longer_than_the_idle_one(moves: list[bool]) -> None:
    pause = 0
    for look in looked(moves):
        pause = 0 if look else pause + 1
        assert pause < RULES.idle_every


def test_after_a_change_a_second_of_frames_is_looked_at_then_every_tenth() -> None:
    looks = looked([True, *[False] * 100])
    assert all(looks[:16])
    assert sum(looks[16:]) == len(range(20, 101, 10))


@given(st.floats(0.1, 20), st.integers(1, 400))
def test_while_people_pass_rescue_takes_a_quarter_look_a_frame(cost: float, frames: int) -> None:
    _, total = spent([True] * frames, cost, held=False)
    # What was saved up before, and the last step, which is begun while there is anything left.
    assert total <= RULES.passing * frames + RULES.most + cost


@given(st.floats(0.1, 20), st.integers(1, 400))
def test_with_a_card_held_rescue_stays_within_its_bound(cost: float, frames: int) -> None:
    _, total = spent([True] * frames, cost, held=True)
    assert total <= RULES.held * frames + RULES.most + cost


@given(st.floats(0.1, 20))
def test_after_the_last_change_there_is_one_full_rotation_and_then_a_pause(cost: float) -> None:
    steps, _ = spent([False] * 1000, cost, held=False)
    assert steps == RULES.rotation
    again, _ = spent([*[False] * 500, True, *[False] * 500], cost, held=False)
    assert again == 2 * RULES.rotation


@given(st.floats(0.1, 50))
def test_a_step_that_read_a_card_is_followed_by_another_in_the_next_frame_whatever_it_cost(
    cost: float,
) -> None:
    credit = 0.5  # a binary fraction, as the rule's own figure is: nothing is rounded at the bound
    for read in (True, False):
        now = rescue_done(rescue_begun(Attention(credit=credit)), cost=cost, held=False, read=read)
        now, _ = next_frame(now, moved=True, rules=RULES)
        assert may_rescue(now, RULES) == (read or cost < credit + RULES.passing)


@pytest.mark.parametrize("step", range(1, RULES.rotation + 1))
def test_a_step_that_read_a_card_in_a_still_picture_has_a_second_try_wherever_it_is_in_the_rotation(
    step: int,
) -> None:
    now = rescue_done(Attention(credit=RULES.most, steps=step), cost=1, held=True, read=True)
    now, _ = next_frame(now, moved=False, rules=RULES)
    assert may_rescue(now, RULES)


def test_a_card_that_was_read_twice_gives_rescue_a_rest_shorter_than_a_card_counts_as_away() -> None:
    now = Attention(credit=RULES.most)
    assert may_rescue(card_read(now), RULES)
    now = card_read(card_read(now))
    rested = 0
    while not may_rescue(now, RULES):
        now, _ = next_frame(now, moved=True, rules=RULES)
        rested += 1
    assert 0 < rested / 15 < 1


def test_at_any_rate_a_still_picture_is_looked_at_within_the_time_a_card_counts_as_away() -> None:
    for frames_per_second in (2.0, 5.0, 10.0, 30.0):
        assert rules_for(frames_per_second, 6).idle_every / frames_per_second < 1
