"""Where the start at which two memory cards parted is missing, the times of what came tell them apart."""

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
import pytest
from sqlalchemy import select

from agent.wire.records import SET_ASIDE, Previous, Record
from server.adapters.books import read_books
from server.adapters.memory_cards import copied_kiosks
from server.adapters.tables import kiosks
from server.domain.completeness import Proof, prove
from tests.server.adapters.test_dating import at, dark
from tests.server.kiosk import KIOSK, NOW, batch, digest, epoch, follows, opened, pair, scan
from tests.server.stored_fleet import Fleet

DAY: Final = datetime(2026, 11, 20, 22, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
NEXT: Final = DAY + 24 * HOUR

STARTS: Final[dict[int, tuple[Record, ...]]] = {
    1: (opened(DAY + HOUR), digest(1, DAY + HOUR), scan(2, at=DAY + 2 * HOUR)),
    2: (follows(1, 2, DAY + 5 * HOUR), scan(1, at=DAY + 6 * HOUR), digest(2, NEXT + HOUR)),
    8: (follows(1, 2, DAY + 5 * HOUR), scan(1, at=DAY + 7 * HOUR), scan(2, at=DAY + 8 * HOUR)),
    9: (follows(8, 2, DAY + 10 * HOUR), scan(1, at=DAY + 11 * HOUR), digest(2, NEXT + 2 * HOUR)),
}
"""Two cards, 1 2 and 1 8 9, which write at once."""
ALONE: Final[dict[int, tuple[Record, ...]]] = {
    1: STARTS[1],
    9: (follows(8, 2, DAY + 10 * HOUR), digest(1, NEXT + HOUR), digest(2, NEXT + 25 * HOUR)),
}
"""One card, whose second start is missing."""


def send(fleet: Fleet, starts: dict[int, tuple[Record, ...]], *numbers: int, first: int = 0) -> None:
    for number in numbers:
        fleet.send(batch(starts[number][first:], number=number, first=first, clock=pair(NOW)), at=NOW)


def proof(fleet: Fleet, start: datetime = DAY) -> Proof:
    end = start + 24 * HOUR
    with fleet.database.reading() as connection:
        return prove(read_books(connection, {KIOSK}, start, end)[KIOSK], start, end, NOW)


def marks(fleet: Fleet) -> tuple[bool, bool]:
    """Whether it is known to have had several cards, and whether one of its starts is missing."""
    with fleet.database.reading() as connection:
        row = connection.execute(select(kiosks.c.forked, kiosks.c.torn).where(kiosks.c.id == KIOSK)).one()
    return row.forked, row.torn


def copies(fleet: Fleet) -> list[set[str]]:
    with fleet.database.reading() as connection:
        return [{card.epoch for card in kiosk.cards} for kiosk in copied_kiosks(connection)]


@pytest.mark.parametrize("order", [(1, 2, 9), (1, 9, 2), (9, 1, 2), (9, 2, 1)])
def test_a_day_with_a_start_of_another_card_missing_is_not_complete(
    fleet: Fleet, order: tuple[int, ...]
) -> None:
    send(fleet, STARTS, *order)
    assert proof(fleet) == Proof(here=7, expected=10, as_of=None, doubts=("gap",))
    assert marks(fleet) == (True, True)
    assert copies(fleet) == [{epoch(2), epoch(9)}]
    assert any(problem.name == "copied" for problem in fleet.figures.overview().problems)
    send(fleet, STARTS, 8)
    assert proof(fleet).complete
    assert proof(fleet).here == 10
    assert copies(fleet) == [{epoch(2), epoch(9)}]


def test_so_is_one_with_a_start_whose_opening_is_missing(fleet: Fleet) -> None:
    send(fleet, STARTS, 1, 2)
    later = (STARTS[9][0], scan(1, at=DAY + 11 * HOUR), digest(2, DAY + 12 * HOUR))
    send(fleet, {9: later}, 9, first=1)
    assert marks(fleet) == (True, True)
    assert "copied" in proof(fleet).doubts


def test_one_card_that_lost_a_start_is_no_copy(fleet: Fleet) -> None:
    send(fleet, ALONE, 1, 9)
    assert proof(fleet).doubts == ("gap",)
    assert proof(fleet, NEXT + HOUR).complete
    assert marks(fleet) == (False, True)
    assert copies(fleet) == []


def test_a_start_that_comes_late_leaves_no_mark(fleet: Fleet) -> None:
    send(fleet, ALONE, 1, 9)
    send(fleet, {8: STARTS[8]}, 8)
    assert marks(fleet) == (False, False)
    assert proof(fleet).complete


def test_nor_does_one_whose_opening_comes_after_its_other_rows(fleet: Fleet) -> None:
    """As where a server was restored while a kiosk writes."""
    start = STARTS[1]
    send(fleet, {1: start}, 1, first=1)
    assert marks(fleet) == (False, True)
    send(fleet, {1: start[:1]}, 1)
    assert marks(fleet) == (False, False)


def test_what_looked_like_two_cards_is_one_once_the_start_between_came(fleet: Fleet) -> None:
    """A row that came out of its order had the first start look as if it went on beside the last."""
    send(fleet, STARTS, 1, 9)
    late = (*STARTS[1], *(scan(n, at=DAY + 12 * HOUR) for n in (3, 4)))
    send(fleet, {1: late}, 1, first=3)
    assert copies(fleet) == [{epoch(1), epoch(9)}]
    send(fleet, {8: (follows(1, 4, DAY + 9 * HOUR), *STARTS[8][1:])}, 8)
    assert copies(fleet) == []
    assert fleet.figures.overview().problems == ()
    assert marks(fleet)[0]


@pytest.mark.parametrize("order", [(1, 2, 5), (5, 1, 2), (2, 5, 1)])
def test_two_cards_that_were_set_up_alike_are_two_once_both_have_written(
    fleet: Fleet, order: tuple[int, ...]
) -> None:
    """Neither knows of a start before its first."""
    other = (opened(DAY + 3 * HOUR), digest(1, DAY + 3 * HOUR), scan(2, at=DAY + 4 * HOUR))
    last = scan(3, at=NEXT + 2 * HOUR)
    send(fleet, STARTS | {5: (*other, last)}, *order)
    assert marks(fleet) == (True, True)
    assert copies(fleet) == [{epoch(2), epoch(5)}]
    assert proof(fleet).doubts == ("copied",)  # the other card owes its own end of the day


def test_a_card_in_the_place_of_another_is_no_copy(fleet: Fleet) -> None:
    send(fleet, STARTS, 1)
    later = (
        opened(DAY + 5 * HOUR),
        digest(1, NEXT + HOUR),
        scan(2, at=NEXT + 2 * HOUR),
        digest(3, NEXT + 25 * HOUR),
    )
    send(fleet, {5: later}, 5)
    assert marks(fleet) == (False, True)
    assert copies(fleet) == []
    assert proof(fleet).doubts == ("start_unknown",)
    assert proof(fleet, NEXT + HOUR).complete


def test_a_start_that_never_knew_the_time_and_came_late_is_no_second_card(fleet: Fleet) -> None:
    """It follows one that is missing, and another is missing later. When it came is not when it was."""
    send(fleet, STARTS, 1)
    fleet.send(batch([at(follows(8, 2), dark("dark", 0))], number=9, first=0, clock=pair(NOW)), at=NOW)
    send(
        fleet, {10: (follows(9, 0, DAY + 5 * HOUR), digest(1, NEXT + HOUR), scan(2, at=NEXT + 2 * HOUR))}, 10
    )
    send(fleet, {12: (follows(11, 1, NEXT + 5 * HOUR), digest(1, NEXT + 25 * HOUR))}, 12)
    assert marks(fleet) == (False, True)
    assert copies(fleet) == []
    assert proof(fleet).doubts == ("gap",)


def test_a_beginning_of_which_nobody_knows_the_time_leaves_a_day_in_doubt(fleet: Fleet) -> None:
    send(fleet, STARTS, 1, 2)
    assert proof(fleet).complete
    unheard = [at(opened(), dark("dark", 0)), scan(1, clock=dark("dark", 3_600_000))]
    fleet.send(batch(unheard, number=5, first=0, clock=pair(NOW)), at=NOW)
    assert proof(fleet).doubts == ("start_unknown",)
    assert copies(fleet) == []


def after_damage(number: int, last_seq: int, when: datetime) -> Record:
    """What was saved of a damaged journal ends with that record; a later one may be lost."""
    after = Previous(epoch=epoch(number), last_seq=last_seq)
    return msgspec.structs.replace(opened(when), after=after, why=SET_ASIDE)


def test_a_damaged_journal_leaves_its_own_day_in_doubt_and_no_other(fleet: Fleet) -> None:
    send(fleet, STARTS, 1)
    rest = (digest(1, NEXT + HOUR), scan(2, at=NEXT + 2 * HOUR), digest(3, NEXT + 25 * HOUR))
    send(fleet, {5: (after_damage(1, 1, DAY + 3 * HOUR), *rest)}, 5)
    assert marks(fleet) == (False, False)
    assert proof(fleet) == Proof(here=3, expected=3, as_of=NEXT, doubts=("set_aside",))
    assert proof(fleet, NEXT + HOUR).complete


def test_a_card_that_writes_on_beside_its_damaged_copy_is_found_out(fleet: Fleet) -> None:
    send(fleet, STARTS, 1)
    send(fleet, {5: (after_damage(1, 1, DAY + 3 * HOUR), scan(1, at=DAY + 4 * HOUR))}, 5)
    assert marks(fleet) == (False, False)
    send(fleet, {1: (*STARTS[1], scan(3, at=DAY + 6 * HOUR))}, 1, first=3)
    assert marks(fleet) == (True, False)
    assert copies(fleet) == [{epoch(1), epoch(5)}]
