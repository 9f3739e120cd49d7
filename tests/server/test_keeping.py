"""The keeping's thread: at once, then now and again; a fault waits, a lost lease ends it."""

import threading
from collections.abc import Callable

from agent.told import ToldError
from server.domain.keeping import Kept
from server.ingest_ports import TermOver
from server.keeping import KeepingThread

WAIT_S = 10


def test_it_runs_at_the_start_and_again_and_goes_on_after_a_fault() -> None:
    turns: list[int] = []
    told: list[str] = []
    enough = threading.Event()

    def run(going: Callable[[], bool]) -> Kept:
        assert going()
        turns.append(len(turns))
        if len(turns) == 1:
            raise ToldError("the disk is full")
        if len(turns) == 3:
            enough.set()
        return Kept(visits=((2024, 3),)) if len(turns) == 2 else Kept()

    with KeepingThread(run, lambda: told.append("changed"), look_s=0.01):
        assert enough.wait(WAIT_S)
    assert told == ["changed"]


def test_whose_turn_is_over_keeps_no_more() -> None:
    turns: list[int] = []
    once = threading.Event()

    def run(_: Callable[[], bool]) -> Kept:
        turns.append(1)
        once.set()
        raise TermOver("it is the turn of another")

    with KeepingThread(run, lambda: None, look_s=0.01) as keeping:
        assert once.wait(WAIT_S)
        keeping.join(WAIT_S)
    assert turns == [1]


def test_who_stops_is_not_kept_waiting() -> None:
    asked = threading.Event()

    def run(going: Callable[[], bool]) -> Kept:
        asked.set()
        while going():
            pass
        return Kept()

    with KeepingThread(run, lambda: None):
        assert asked.wait(WAIT_S)
