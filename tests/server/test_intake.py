"""Turns: a process waits while another has the lease, takes records in when it is its, and gives it back."""

import logging
from queue import Queue

import pytest

from agent.told import ToldError
from server.domain.lease import Lease
from server.ingest import Connected, Item, Stop
from server.ingest_ports import TermOver
from server.intake import Intake
from tests.server.kiosk import NOW

MINE, OTHERS = Lease("mine", 2, NOW), Lease("others", 1, NOW)


class Rig:
    """``answers`` are what the lease says, one after the other; the turn itself is played by ``take_in``."""

    def __init__(self, *answers: Lease | ToldError) -> None:
        self.answers = list(answers)
        self.happened: list[str] = []
        self.ends: list[Exception | None] = []
        self.inbox: Queue[Item] = Queue()
        self.intake = Intake("mine", self, self.inbox, self._take_in, self._changed)

    def take(self) -> Lease:
        answer = self.answers.pop(0)
        if isinstance(answer, ToldError):
            raise answer
        return answer

    def give_back(self) -> None:
        self.happened.append("given back")

    def _take_in(self, mine: Lease) -> None:
        self.happened.append(f"term {mine.term}")
        if self.ends and (end := self.ends.pop(0)):
            raise end

    def _changed(self) -> None:
        self.happened.append("looked")


def test_one_whose_turn_it_is_takes_records_in_until_it_is_stopped_and_gives_the_lease_back() -> None:
    rig = Rig(MINE)
    rig.intake.run()
    assert rig.happened == ["term 2", "given back"]


def test_one_that_waits_takes_nothing_in_shows_what_the_other_wrote_and_looks_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    rig = Rig(OTHERS, OTHERS, MINE)
    rig.intake.run()
    assert rig.happened == ["looked", "looked", "term 2", "given back"]
    assert caplog.messages == [
        "waiting while others (term 1) takes the records in",
        "taking the records in as mine (term 2)",
    ]


def test_one_that_waits_ends_when_it_is_stopped_and_gives_nothing_back() -> None:
    rig = Rig(OTHERS)
    rig.inbox.put(Stop())
    rig.intake.run()
    assert rig.happened == []


def test_one_whose_term_is_over_waits_again_without_what_it_had_not_written() -> None:
    rig = Rig(MINE, OTHERS)
    rig.ends = [TermOver("it is the turn of others")]
    rig.inbox.put(Connected())
    rig.inbox.put(Connected())
    rig.inbox.put(Stop())
    rig.intake.run()
    assert rig.happened == ["term 2"]
    assert rig.inbox.empty()


def test_one_that_cannot_ask_for_the_lease_asks_again() -> None:
    rig = Rig(ToldError("The database is away."), MINE)
    rig.intake.run()
    assert rig.happened == ["looked", "term 2", "given back"]


def test_a_fault_of_the_turn_is_not_swallowed() -> None:
    rig = Rig(MINE)
    rig.ends = [ToldError("The certificate files cannot be used.")]
    with pytest.raises(ToldError, match="certificate"):
        rig.intake.run()
    assert rig.happened == ["term 2"]
