"""What is counted of the camera goes on through the lives of its children."""

from hypothesis import given
from hypothesis import strategies as st

from agent.core.looking import Counts, Looking, Picture, checked, looked, lost, opened

PICTURE = Picture(sharpness=0.8, dark=0.0, blown=0.01, mean=120.0)
COUNTS = st.builds(
    Counts,
    frames=st.integers(0, 1000),
    failures=st.lists(st.integers(0, 9), max_size=3).map(tuple),
    retouch_failures=st.integers(0, 9),
    unread=st.integers(0, 9),
)


@given(st.lists(st.lists(COUNTS, max_size=3), max_size=4))
def test_the_last_word_of_each_child_is_added_once(lives: list[list[Counts]]) -> None:
    looking = Looking()
    total = Counts()
    for said in lives:
        looking = opened(looking, "imx708", ("a", "b"))
        for counts in said:
            looking = checked(looking, PICTURE, counts)
        looking = lost(looking, "crashed")
        total = total.plus(said[-1]) if said else total
    assert looking.counts == total
    assert looking.losses == len(lives)


def test_a_lost_camera_says_nothing_of_its_picture_any_more() -> None:
    seeing = checked(opened(Looking(), "imx708", ("a",)), PICTURE, Counts(10, (1,)))
    assert (seeing.sees, seeing.picture) == (True, PICTURE)
    gone = lost(seeing, "unplugged")
    assert (gone.sees, gone.picture, gone.why_lost, gone.camera) == (False, None, "unplugged", "imx708")


@given(st.lists(st.floats(0.1, 500), min_size=1))
def test_the_time_of_a_look_lies_among_those_measured(times: list[float]) -> None:
    looking = Looking()
    for ms in times:
        looking = looked(looking, ms)
    assert min(times) * 0.999 <= looking.decode_ms <= max(times) * 1.001


def test_the_first_look_counts_whole() -> None:
    assert looked(Looking(), 8.0).decode_ms == 8.0
