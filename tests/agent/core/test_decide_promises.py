"""The promises that hold whatever visitors, disk, camera and clock do, tried on stories made up at random."""

from typing import Final

from hypothesis import example, given
from hypothesis import strategies as st

from agent.core.actions import Signal
from agent.core.state import Waiting
from tests.agent.core.happenings import Come, Disk, Happening, stories
from tests.agent.core.world import GREEN, a_door, play

TAKEN_BACK: Final[list[tuple[Happening, float]]] = [
    (Come(2, None), 1.0),
    (Come(0, None), 1.0),
    (Disk(works=True), 1.0),
    ("take back", 1.0),
]
"""Of somebody whose light nobody saw, after somebody else."""


@given(stories, st.booleans())
def test_green_is_on_the_disk_and_notes_are_of_the_one_open_record(
    story: list[tuple[Happening, float]],
    unshown: bool,
) -> None:
    world = play(story, unshown=unshown)
    if world.pending is None:
        assert world.state.open == world.open


@given(stories, st.booleans())
@example(story=TAKEN_BACK, unshown=True)
def test_from_every_state_ticks_alone_lead_back_to_waiting_and_settle_everything(
    story: list[tuple[Happening, float]],
    unshown: bool,
) -> None:
    world = play(story, unshown=unshown)
    for _ in range(3):  # the one in hand, and those that wait behind it: the staff's and a card's
        world.disk(works=True)
    for _ in range(160):
        world.wait(5.0)
        world.disk(works=True)
    assert world.state.phase == Waiting()
    assert (world.state.open, world.state.carried, world.state.queued) == (None, None, None)
    assert world.open is None
    assert sorted(world.settled, key=repr) == sorted(world.records, key=repr)
    assert world.state.troubles <= {"eyes"}
    assert world.light in (None, Signal.READY, Signal.OUT_OF_ORDER, Signal.PAUSED)


@given(stories)
def test_a_disk_that_never_works_never_shows_green(story: list[tuple[Happening, float]]) -> None:
    world = a_door(unshown=False)
    for what, pause in story:
        world.happen(Disk(works=False) if isinstance(what, Disk) else what)
        assert world.light not in GREEN
        world.wait(pause)
