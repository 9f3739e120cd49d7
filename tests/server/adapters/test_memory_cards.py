"""Kiosks whose memory card was copied: noted, in doubt, and settled by a person's word that one is gone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.adapters.database import Database
from server.adapters.memory_cards import StoredMemoryCards
from server.adapters.tables import kiosks
from server.domain.completeness import Proof
from server.domain.endings import EndingRefused
from tests.server.adapters.proved_fleet import DAY, LATER, NEXT, NOON, OTHER, SOON, Fleet, a_whole_day
from tests.server.kiosk import KIOSK, digest, epoch, follows, opened, scan


@pytest.fixture
def fleet(database: Database) -> Fleet:
    return Fleet(database)


def test_a_copied_card_leaves_the_day_in_doubt_and_all_is_counted(fleet: Fleet) -> None:
    a_whole_day(fleet)
    fleet.send(LATER, follows(1, 4, LATER), scan(1, at=LATER), number=2)
    fleet.send(LATER, follows(1, 4, LATER), scan(1, at=LATER), digest(2, LATER), number=3)
    today = fleet.day(DAY + timedelta(days=1))
    assert "copied" in today.records.doubts
    assert today.rows[0].visits == 2


def test_a_copied_card_that_is_silent_leaves_each_later_day_in_doubt(fleet: Fleet) -> None:
    a_whole_day(fleet)
    fleet.send(LATER, follows(1, 4, LATER), number=2)
    fleet.send(LATER, follows(1, 4, LATER), number=3)
    for days in (1, 2, 3):
        midnight = NEXT + timedelta(days=days) + SOON
        fleet.send(midnight, digest(days, midnight), number=2)
    third = DAY + timedelta(days=3)
    assert fleet.day(third).records.doubts == ("copied",)
    assert fleet.day().records.complete
    for days in (1, 2):
        midnight = NEXT + timedelta(days=days) + SOON
        fleet.send(midnight, digest(days, midnight), number=3)
    assert fleet.day(third).records.doubts == ("copied",)
    fleet.send(midnight + timedelta(days=1), digest(9, midnight + timedelta(days=1)), number=3, first=9)
    assert fleet.day(third).records.doubts == ("gap",)
    fleet.send(LATER, *(scan(n, at=LATER) for n in range(3, 9)), number=3, first=3)
    assert fleet.day(third).records.complete


def copied_fleet(fleet: Fleet) -> StoredMemoryCards:
    """Since the day after, two cards: number 2 tells each day's end, number 3 wrote twice and is silent."""
    a_whole_day(fleet)
    fleet.send(LATER, follows(1, 4, LATER), number=2)
    fleet.send(LATER, follows(1, 4, LATER), scan(1, at=LATER), number=3)
    for days in (1, 2, 3):
        midnight = NEXT + timedelta(days=days) + SOON
        fleet.send(midnight, digest(days, midnight), number=2)
    return StoredMemoryCards(fleet.database, fleet.clock)


def days_after(fleet: Fleet) -> list[Proof]:
    return [fleet.day(DAY + timedelta(days=days)).records for days in (1, 2, 3)]


def test_a_person_s_word_that_a_card_is_gone_ends_the_doubt_and_is_told(fleet: Fleet) -> None:
    cards = copied_fleet(fleet)
    assert [proof.doubts for proof in days_after(fleet)] == [("copied",)] * 3
    assert any(problem.name == "copied" for problem in fleet.figures.overview().problems)
    (kiosk,) = cards.copied()
    assert [(card.epoch, card.last_seq, card.gone) for card in kiosk.cards] == [
        (epoch(2), 3, False),
        (epoch(3), 1, False),
    ]
    cards.end(KIOSK, epoch(3), "web")
    assert [(proof.complete, proof.ended) for proof in days_after(fleet)] == [(True, 1)] * 3
    assert [proof.here for proof in days_after(fleet)] == [4, 1, 1]
    overview = fleet.figures.overview()
    assert overview.problems == ()
    assert overview.copied[0].settled
    cards.take_back(KIOSK, epoch(3))
    assert [proof.doubts for proof in days_after(fleet)] == [("copied",)] * 3


def test_the_word_is_void_once_the_card_writes_again(fleet: Fleet) -> None:
    cards = copied_fleet(fleet)
    cards.end(KIOSK, epoch(3), "cli")
    again = NEXT + timedelta(days=3, hours=2)
    fleet.send(again, scan(2, at=again), number=3)
    assert [proof.doubts for proof in days_after(fleet)] == [("copied",)] * 3
    assert not any(card.gone for card in cards.copied()[0].cards)
    with pytest.raises(EndingRefused, match="has written since"):
        cards.take_back(KIOSK, epoch(3))
    cards.end(KIOSK, epoch(3), "cli")
    assert all(proof.complete for proof in days_after(fleet))


def test_a_resend_is_no_word_of_a_card_that_is_gone(fleet: Fleet) -> None:
    cards = copied_fleet(fleet)
    cards.end(KIOSK, epoch(3), "api")
    fleet.send(fleet.clock.at, follows(1, 4, LATER), scan(1, at=LATER), number=3)
    assert all(proof.complete for proof in days_after(fleet))


def test_only_one_of_several_cards_can_be_gone_and_only_once(fleet: Fleet) -> None:
    cards = copied_fleet(fleet)
    for wrong in ("", "f", epoch(1), epoch(9)):
        with pytest.raises(EndingRefused, match="No kiosk has such"):
            cards.end(KIOSK, wrong, "cli")
    with pytest.raises(EndingRefused, match="No kiosk has such"):
        cards.end(OTHER, epoch(3), "cli")
    with pytest.raises(EndingRefused, match="not marked"):
        cards.take_back(KIOSK, epoch(3))
    cards.end(KIOSK, epoch(3), "cli")
    with pytest.raises(EndingRefused, match="already"):
        cards.end(KIOSK, epoch(3), "cli")
    with pytest.raises(EndingRefused, match="only memory card left"):
        cards.end(KIOSK, epoch(2), "cli")


def forked(fleet: Fleet) -> bool:
    with fleet.database.reading() as connection:
        return bool(connection.scalar(select(kiosks.c.forked).where(kiosks.c.id == KIOSK)))


@pytest.mark.parametrize("order", [(2, 3), (3, 2)])
def test_two_starts_after_one_are_noted_whichever_comes_first(fleet: Fleet, order: tuple[int, int]) -> None:
    a_whole_day(fleet)
    for number in order:
        assert not forked(fleet)
        fleet.send(LATER, follows(1, 4, LATER), number=number)
    assert forked(fleet)


def test_a_start_that_goes_on_after_it_was_followed_is_noted_whichever_comes_first(fleet: Fleet) -> None:
    fleet.send(NOON, opened(NOON), scan(1, at=NOON))
    fleet.send(LATER, follows(1, 1, LATER), number=2)
    assert not forked(fleet)
    fleet.send(LATER, scan(2, at=LATER), first=2)
    assert forked(fleet)


def test_a_start_that_follows_one_that_went_further_is_noted(fleet: Fleet) -> None:
    fleet.send(NOON, opened(NOON), scan(1, at=NOON), scan(2, at=NOON))
    fleet.send(LATER, follows(1, 1, LATER), number=2)
    assert forked(fleet)
