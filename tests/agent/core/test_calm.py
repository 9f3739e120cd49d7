"""The list keeps still while a card is in view and shortly after, and never for longer than it may."""

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.calm import AFTER_S, GO_S, HOLD_S, View, saw_card, wait_s

BRIEF_S = 1e-6
"""Less than any step of the stopwatch matters here."""

pauses = st.lists(st.floats(0.0, 3.0), min_size=1, max_size=200)


def seen(pauses: list[float]) -> tuple[View, float]:
    view, now = View(), 1000.0
    for pause in pauses:
        now += pause
        view = saw_card(view, now)
    return view, now


def test_without_a_card_nothing_waits() -> None:
    assert wait_s(View(), 0.0) == 0
    assert wait_s(View(), 1e9) == 0


@given(st.floats(AFTER_S + BRIEF_S, 1e6))
def test_a_card_that_comes_into_view_makes_the_list_keep_still_at_once(away_s: float) -> None:
    view = saw_card(saw_card(View(), 0.0), away_s)
    assert abs(wait_s(view, away_s) - AFTER_S) < BRIEF_S


@given(pauses)
def test_what_was_taken_away_is_waited_for_no_longer(pauses: list[float]) -> None:
    view, now = seen(pauses)
    assert 0 <= wait_s(view, now) <= AFTER_S + BRIEF_S
    assert wait_s(view, now + AFTER_S + BRIEF_S) == 0


@given(pauses, st.integers(10, 400))
def test_nothing_waits_longer_than_it_may_whatever_lies_in_view(pauses: list[float], every_ms: int) -> None:
    """The shell sleeps for as long as it is told, and asks again; the card lies there all the while."""
    view, now = seen(pauses)
    begun = now
    while (pause_s := wait_s(view, now)) > 0:
        end = now + pause_s
        while now < end:
            now += every_ms / 1000
            view = saw_card(view, now)
    assert now - begun <= HOLD_S + 2 * every_ms / 1000 + AFTER_S


@settings(max_examples=20, deadline=None)
@given(st.floats(0.0, 1e4))
def test_a_card_left_on_the_rest_leaves_the_list_its_share(offset_s: float) -> None:
    view, went, steps = View(), 0, 6_000
    for step in range(steps):
        now = offset_s + step / 50
        view = saw_card(view, now)
        went += wait_s(view, now) == 0
    assert abs(went / steps - GO_S / (HOLD_S + GO_S)) < 0.01
