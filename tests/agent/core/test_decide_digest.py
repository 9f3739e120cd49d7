"""When the journal is told that a local day has begun."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import pytest

from agent.core.actions import Action, Ref, WriteDigest
from agent.core.events import Digested, StorageFailed, StorageWorks, Tick
from agent.core.moment import Moment
from agent.core.passing_time import SURE_S
from agent.core.state import Carried, State
from tests.agent.core.visitors import QUIET, Door, card, settled
from tests.agent.examples import ANNA, LIST_KEY, OTHER_EPOCH, TODAY, moment

TOMORROW: Final = TODAY + timedelta(days=1)
MIDNIGHT: Final = 16 * 3600.0 - 720
"""Of the stopwatch: the examples begin at 08:12 in Helsinki."""
SURE: Final = MIDNIGHT + SURE_S


def digests(actions: tuple[Action, ...] | list[Action]) -> list[date]:
    return [action.day for action in actions if isinstance(action, WriteDigest)]


def at(seconds: float, *, synced: bool = True) -> Tick:
    return Tick(moment(seconds, synced=synced))


def test_a_day_that_began_is_told_once() -> None:
    door = Door()
    assert digests(door.on(at(SURE - 1))) == []
    assert digests(door.on(at(SURE))) == [TOMORROW]
    assert digests(door.on(at(SURE + 1))) == []
    door.on(Digested(TOMORROW))
    assert digests(door.ticks(SURE + 2, SURE + 60)) == []


def test_a_start_tells_the_day_it_finds() -> None:
    assert digests(Door(State(started=True)).on(at(100))) == [TODAY]


def test_a_calendar_that_may_be_wrong_tells_nothing() -> None:
    door = Door(State(started=True))
    assert digests(door.on(at(100, synced=False))) == []
    assert digests(door.on(at(101))) == [TODAY]


def test_a_calendar_that_was_ahead_tells_the_right_day_when_it_goes_back() -> None:
    door = Door(replace(QUIET, digested=TODAY.replace(year=TODAY.year + 1)))
    assert digests(door.on(at(100))) == [TODAY]


def test_nobody_who_may_still_come_back_is_settled_by_it() -> None:
    """The digest would settle the record that the start before left open."""
    before = Ref(OTHER_EPOCH, 7)
    carried = Carried(before, LIST_KEY.card_key(ANNA), lets_in=True, shown=False, until=700.0)
    door = Door(State(started=True, open=before, carried=carried))
    assert digests(door.ticks(100, 699.9)) == []
    assert digests(door.ticks(699.9, 701)) == [TODAY]


def test_no_question_is_cut_short_by_it() -> None:
    door = Door()
    door.visit(card(ANNA, SURE - 5))
    actions = door.ticks(SURE - 5, SURE + 40)
    assert digests(actions) == [TOMORROW]
    assert settled(actions)
    (digest,) = (action for action in actions if isinstance(action, WriteDigest))
    assert digest.at.seconds >= SURE + 34


def test_it_waits_while_a_card_is_being_written_down() -> None:
    door = Door()
    door.on(card(ANNA, SURE - 0.1))
    assert digests(door.on(at(SURE))) == []


def test_what_the_disk_did_not_take_is_told_once_it_works() -> None:
    door = Door()
    failed: Moment = moment(SURE)
    assert digests(door.on(at(SURE))) == [TOMORROW]
    door.on(StorageFailed(failed))
    assert digests(door.ticks(SURE + 1, SURE + 5)) == []
    door.on(StorageWorks(moment(SURE + 11)))
    assert digests(door.on(at(SURE + 12))) == [TOMORROW]


def test_the_time_is_told_once_it_is_known_after_a_start_without_it() -> None:
    """Else nothing in the journal would say when the records before it were written."""
    door = Door(replace(QUIET, undated=True))
    assert digests(door.on(Tick(moment(100, synced=False)))) == []
    assert digests(door.on(Tick(moment(101)))) == [TODAY]
    door.on(Digested(TODAY))
    assert digests(door.on(Tick(moment(102)))) == []


def told(seconds: float, *, at_least: bool = False) -> Tick:
    """By a kiosk whose calendar was never set: the time is the server's word, or of an earlier boot."""
    right = moment(seconds)
    unset = replace(right, wall_utc=right.wall_utc.replace(year=2025), synced=False)
    return Tick(replace(unset, known_utc=right.wall_utc, at_least=at_least))


def test_a_kiosk_that_has_the_time_from_the_server_alone_tells_its_days() -> None:
    """Else none of its days would ever be proved, and nothing that it keeps would ever be forgotten."""
    door = Door(State(started=True))
    assert digests(door.on(told(100, at_least=True))) == []
    assert digests(door.on(told(101))) == [TODAY]
    door.on(Digested(TODAY))
    assert digests(door.on(told(102))) == []


@pytest.mark.parametrize("off", [timedelta(days=-1), timedelta(seconds=-2), timedelta(0), timedelta(hours=5)])
def test_a_day_begins_later_than_any_clock_may_be_ahead(off: timedelta) -> None:
    """Dated before midnight by the server's clock it would close no day."""
    door = Door()
    for seconds, days in ((SURE - 1, []), (SURE, [TOMORROW])):
        right = moment(seconds)
        wrong = replace(right, wall_utc=right.wall_utc + off, known_utc=right.wall_utc)
        assert digests(door.on(Tick(wrong))) == days


def test_the_server_s_word_may_be_late_so_a_day_begins_later_by_it() -> None:
    door = Door()
    assert digests(door.on(told(SURE - 1))) == []
    assert digests(door.on(told(SURE))) == [TOMORROW]
