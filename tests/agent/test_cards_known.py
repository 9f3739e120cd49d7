"""What the kiosk knows of a card, and how fresh that is."""

from dataclasses import dataclass, field

import pytest

from agent.adapters.simulated.cards import MemoryCards
from agent.cards_known import CardsKnown
from agent.wire.card_key import ListKey
from agent.wire.card_page import CardRow
from agent.wire.records import ListState
from tests.agent.examples import (
    ANNA,
    BENGT,
    GENERATION,
    LIST_KEY,
    OTHER_GENERATION,
    OTHER_LIST_KEY,
    moment,
    row_of,
)


@dataclass
class Kiosk:
    age_s: float | None = None
    broken: list[bool] = field(default_factory=list)
    cards: MemoryCards = field(default_factory=MemoryCards)

    def known(self) -> CardsKnown:
        self.cards.begin_fill(GENERATION)
        self.cards.apply("fill", [row_of(ANNA).packed()], 7)
        self.cards.swap()
        return CardsKnown(
            cards=self.cards,
            list_key=LIST_KEY,
            revision=lambda: 7,
            age_s=lambda _at: self.age_s,
            broken=lambda: self.broken.append(True),
        )


def test_a_listed_card_is_known_by_its_keyed_hash() -> None:
    known = Kiosk(age_s=10.9).known().look_up(ANNA, moment(100.9))
    assert (known.key, known.row) == (LIST_KEY.card_key(ANNA), row_of(ANNA))
    assert known.list == ListState(revision=7, age_s=10)


def test_another_card_is_not_known() -> None:
    assert Kiosk().known().look_up(BENGT, moment(100)).row is None


def test_a_list_that_was_never_proved_fresh_has_no_age() -> None:
    assert Kiosk().known().look_up(ANNA, moment(100)).list.age_s is None


def test_a_list_that_fails_is_unreadable_and_its_keeper_is_told() -> None:
    kiosk = Kiosk()
    known = kiosk.known()
    kiosk.cards.broken = True
    assert known.look_up(ANNA, moment(100)).row == "unreadable"
    assert kiosk.broken == [True]


def test_after_a_loss_nobody_is_called_unlisted_until_the_list_is_whole_again() -> None:
    kiosk = Kiosk()
    known = kiosk.known()
    kiosk.cards.renew()
    assert known.look_up(BENGT, moment(100)).row == "unreadable"
    assert kiosk.broken == []
    kiosk.known()
    assert known.look_up(BENGT, moment(101)).row is None


class Swaps(MemoryCards):
    """A list that is swapped for another at the ``at``-th question that a look-up asks."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self._left = at
        self.begin_fill(GENERATION, LIST_KEY)
        self.apply("fill", [row_of(ANNA, status="blocked").packed()], 7)
        self.swap()
        self.begin_fill(OTHER_GENERATION, OTHER_LIST_KEY)
        self.apply("fill", [row_of(ANNA, status="blocked", list_key=OTHER_LIST_KEY).packed()], 7)

    def find(self, key: int) -> CardRow | None:
        self._count()
        return super().find(key)

    def answering_key(self) -> ListKey | None:
        self._count()
        return super().answering_key()

    def _count(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.swap()


@pytest.mark.parametrize("at", range(1, 7))
def test_a_blocked_card_is_never_unlisted_because_list_and_key_are_just_swapped(at: int) -> None:
    cards = Swaps(at)
    known = CardsKnown(
        cards=cards, list_key=LIST_KEY, revision=lambda: 7, age_s=lambda _: 1, broken=lambda: None
    )
    for _ in range(6):
        assert isinstance(row := known.look_up(ANNA, moment(1)).row, CardRow)
        assert row.status == "blocked"
        assert known.look_up(BENGT, moment(1)).row is None


def test_a_visitor_is_remembered_by_the_key_of_the_enrolment_whatever_the_list_s() -> None:
    cards = Swaps(3)
    known = CardsKnown(
        cards=cards, list_key=LIST_KEY, revision=lambda: 7, age_s=lambda _: 1, broken=lambda: None
    )
    assert {known.look_up(ANNA, moment(1)).key for _ in range(6)} == {LIST_KEY.card_key(ANNA)}
    assert cards.answering_key() == OTHER_LIST_KEY


class LostMeanwhile(MemoryCards):
    """A list that is lost, or filled again, while a card is looked up."""

    def __init__(self, *, before: bool) -> None:
        super().__init__()
        self.lost = before

    def find(self, key: int) -> CardRow | None:
        found = super().find(key)
        self.lost = not self.lost
        return found


@pytest.mark.parametrize("before", [False, True])
def test_a_list_that_is_lost_or_found_while_a_card_is_looked_up_calls_nobody_unlisted(before: bool) -> None:
    known = CardsKnown(
        cards=LostMeanwhile(before=before),
        list_key=LIST_KEY,
        revision=lambda: 7,
        age_s=lambda _: 1,
        broken=lambda: None,
    )
    assert known.look_up(BENGT, moment(1)).row == "unreadable"
