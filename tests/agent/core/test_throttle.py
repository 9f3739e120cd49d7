"""A slip costs nothing, guessing costs nights."""

from agent.core.throttle import FREE, LONGEST_S, Throttle


def waits(tries: int) -> list[float]:
    throttle, found = Throttle(), []
    for _ in range(tries):
        throttle = throttle.after_wrong(100.0)
        found.append(throttle.wait_s(100.0))
    return found


def test_the_first_wrong_pins_are_slips_and_then_the_waits_double_up_to_a_minute() -> None:
    assert FREE == 3
    assert waits(12) == [0, 0, 0, 1, 2, 4, 8, 16, 32, LONGEST_S, LONGEST_S, LONGEST_S]
    assert waits(2000)[-1] == LONGEST_S


def test_a_wait_ends_by_the_stopwatch() -> None:
    shut = Throttle(wrong=5).after_wrong(100.0)
    assert [shut.wait_s(at) for at in (100.0, 103.0, 104.0, 500.0)] == [4, 1, 0, 0]
