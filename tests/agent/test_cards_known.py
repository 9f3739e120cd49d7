"""What the kiosk knows of a card, and how fresh that is."""

from dataclasses import dataclass, field

from agent.adapters.simulated.cards import MemoryCards
from agent.cards_known import CardsKnown
from agent.wire.records import ListState
from tests.agent.examples import ANNA, BENGT, GENERATION, LIST_KEY, moment, row_of


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
