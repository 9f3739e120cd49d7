"""Work beside the frames: its results, and its failures, come to whoever asks."""

import time

import pytest

from agent.adapters.aside import Aside, AsideAtOnce, AsideThread

WAIT_S = 10


def outcome_of(aside: Aside[int]) -> int:
    end = time.monotonic() + WAIT_S
    while (result := aside.done()) is None:
        assert time.monotonic() < end
        time.sleep(0.005)
    return result


@pytest.mark.parametrize("make", [AsideThread[int], AsideAtOnce[int]])
def test_a_job_gives_its_result_once(make: type[Aside[int]]) -> None:
    aside = make()
    assert aside.start(lambda: 7)
    assert outcome_of(aside) == 7
    assert aside.done() is None


def test_a_job_that_raises_is_told_and_the_next_one_is_done() -> None:
    """Swallowed, it would end all rescue in silence, and the thread with it."""

    def fails() -> int:
        raise MemoryError

    aside: AsideThread[int] = AsideThread()
    for _ in range(2):
        assert aside.start(fails)
        with pytest.raises(MemoryError):
            outcome_of(aside)
    assert aside.start(lambda: 7)
    assert outcome_of(aside) == 7
