"""The evidence a code needs before it counts as a card that was shown."""

from collections.abc import Sequence
from typing import Final

import pytest

from agent.core.reads import Read
from agent.core.sight import (
    CheckCard,
    Foreign,
    Presented,
    Seen,
    SeveralCards,
    Sight,
    SightRules,
    Symbology,
    look,
)
from agent.wire.card_code import CardCode
from tests.agent.examples import ANNA, BENGT

RULES: Final = SightRules(code39_frames=2, away_s=2.0)
FRAME_S: Final = 0.1

Frame = tuple[Read, ...]
NOTHING: Final[Frame] = ()
POSTER: Final = Read(None, "qr")


def qr(code: CardCode) -> Read:
    return Read(code, "qr")


def bar(code: CardCode) -> Read:
    return Read(code, "code39")


def watch(frames: Sequence[Frame], every_s: float = FRAME_S) -> list[Seen]:
    """What comes of frames one after another."""
    sight, seen = Sight(), []
    for number, frame in enumerate(frames):
        sight, news = look(sight, frame, 100.0 + number * every_s, RULES)
        if news is not None:
            seen.append(news)
    return seen


def shown(code: CardCode, symbology: Symbology = "qr", away_s: float | None = None) -> Presented:
    return Presented(code, symbology, away_s)


def test_a_qr_code_counts_at_once() -> None:
    assert watch([(qr(ANNA),)]) == [shown(ANNA)]


def test_a_card_held_in_view_for_a_minute_is_one() -> None:
    assert watch([(qr(ANNA),)] * 600) == [shown(ANNA)]


def test_a_card_missed_in_some_frames_is_still_held() -> None:
    blinking: list[Frame] = [(qr(ANNA),), *[NOTHING] * 19]
    assert watch(blinking * 10) == [shown(ANNA)]


def test_a_card_away_for_over_two_seconds_is_shown_again() -> None:
    (first, second) = watch([(qr(ANNA),), *[NOTHING] * 30, (qr(ANNA),)])
    assert first == shown(ANNA)
    assert isinstance(second, Presented)
    assert second.away_s == pytest.approx(3.1)


def test_the_time_away_counts_from_when_it_left_and_not_from_when_it_came() -> None:
    seen = watch([*[(qr(ANNA),)] * 300, *[NOTHING] * 30, (qr(ANNA),)])
    assert isinstance(seen[1], Presented)
    assert seen[1].away_s == pytest.approx(3.1)


def test_a_card_with_another_between_is_a_new_one() -> None:
    frames: list[Frame] = [(qr(ANNA),), *[NOTHING] * 30, (qr(BENGT),), *[NOTHING] * 30, (qr(ANNA),)]
    assert watch(frames) == [shown(ANNA), shown(BENGT), shown(ANNA)]


def test_a_card_that_comes_back_after_a_blind_spell_counts_in_the_first_frame() -> None:
    # The camera was down for five minutes: no frame said that the card was gone.
    sight, _ = look(Sight(), (qr(ANNA),), 100.0, RULES)
    _, news = look(sight, (qr(ANNA),), 400.0, RULES)
    assert news == shown(ANNA, away_s=300.0)


def test_two_cards_in_view_count_neither() -> None:
    assert watch([(qr(ANNA), qr(BENGT))] * 20) == [SeveralCards()]


def test_two_cards_for_a_moment_are_no_question() -> None:
    assert watch([(qr(ANNA), qr(BENGT))] * 2) == []


def test_two_cards_are_asked_about_once_while_they_stay_and_again_when_they_come_back() -> None:
    both: Frame = (qr(ANNA), bar(BENGT))
    assert watch([*[both] * 50, *[NOTHING] * 30, *[both] * 5]) == [SeveralCards(), SeveralCards()]


def test_a_card_counts_once_the_other_has_left() -> None:
    assert watch([(qr(ANNA), qr(BENGT)), (qr(ANNA),)]) == [shown(ANNA)]


def test_a_second_card_beside_a_held_one_waits_until_it_is_alone() -> None:
    frames: list[Frame] = [(qr(ANNA),), (qr(ANNA), qr(BENGT)), (qr(BENGT),)]
    assert watch(frames) == [shown(ANNA), shown(BENGT)]


def test_a_qr_code_and_a_barcode_that_differ_count_neither() -> None:
    assert watch([(qr(ANNA), bar(BENGT))] * 20) == [SeveralCards()]


def test_a_barcode_beside_a_foreign_code_still_needs_two_frames() -> None:
    assert watch([(POSTER, bar(ANNA))]) == [Foreign("qr")]
    assert watch([(POSTER, bar(ANNA))] * 2) == [Foreign("qr"), shown(ANNA, "code39")]


def test_a_barcode_of_one_frame_and_a_qr_code_of_the_next_agree_as_the_qr_code() -> None:
    assert watch([(bar(ANNA),), (qr(ANNA),)]) == [shown(ANNA, "qr")]


def test_a_qr_code_and_a_barcode_that_agree_count_as_the_qr_code() -> None:
    assert watch([(bar(ANNA), qr(ANNA))]) == [shown(ANNA, "qr")]


def test_a_barcode_counts_when_two_frames_agree() -> None:
    assert watch([(bar(ANNA),)]) == []
    assert watch([(bar(ANNA),), NOTHING, (bar(ANNA),)]) == [shown(ANNA, "code39")]


def test_a_barcode_read_differently_each_time_never_counts() -> None:
    assert watch([(bar(ANNA),), (bar(BENGT),)] * 10) == []


def test_two_barcode_reads_far_apart_do_not_agree() -> None:
    assert watch([(bar(ANNA),), *[NOTHING] * 25, (bar(ANNA),)]) == []


def test_a_qr_code_between_makes_a_barcode_begin_again() -> None:
    assert watch([(bar(ANNA),), (qr(BENGT),), (bar(ANNA),)]) == [shown(BENGT)]


def test_the_same_misread_twice_with_the_right_reading_between_is_no_card() -> None:
    assert watch([(qr(ANNA),), (bar(BENGT),), (qr(ANNA),), (bar(BENGT),)]) == [shown(ANNA)]


def test_two_overlapping_cards_count_once_each_however_often_the_reader_changes_its_mind() -> None:
    assert watch([(qr(ANNA),), (qr(BENGT),)] * 50) == [shown(ANNA), shown(BENGT)]


def test_more_frames_may_be_asked_of_a_barcode() -> None:
    sight, rules = Sight(), SightRules(code39_frames=3, away_s=2.0)
    news = []
    for number in range(3):
        sight, seen = look(sight, (bar(ANNA),), number * FRAME_S, rules)
        news.append(seen)
    assert news == [None, None, shown(ANNA, "code39")]


def test_a_poster_in_view_all_day_is_one_foreign_code() -> None:
    assert watch([(POSTER,)] * 10_000) == [Foreign("qr")]


def test_a_foreign_code_that_comes_back_is_another() -> None:
    assert watch([(POSTER,), *[NOTHING] * 30, (Read(None, "code39"),)]) == [Foreign("qr"), Foreign("code39")]


def test_a_card_wins_over_a_foreign_code_beside_it() -> None:
    assert watch([(POSTER, qr(ANNA))] * 5) == [shown(ANNA)]


def test_a_poster_behind_every_card_takes_nothing_from_them() -> None:
    frames: list[Frame] = [(POSTER,), (POSTER, qr(ANNA)), *[(POSTER,)] * 30, (qr(BENGT), POSTER)]
    assert watch(frames) == [Foreign("qr"), shown(ANNA), shown(BENGT)]


def test_sight_remembers_a_bounded_number_of_codes_over_a_long_day() -> None:
    sight = Sight()
    for visitor in range(1000):
        code = CardCode(f"A{visitor:09d}")
        sight, news = look(sight, (qr(code),), visitor * 5.0, RULES)
        assert news == shown(code)
    assert len(sight.counted) == 1


def test_the_test_card_is_told_once_per_appearance_and_is_no_foreign_code() -> None:
    test = (Read(None, "qr", test=True),)
    assert watch([test] * 10) == [CheckCard("qr")]
    assert watch([test, *[()] * 30, test]) == [CheckCard("qr"), CheckCard("qr")]


def test_a_card_wins_over_the_test_card_and_that_over_a_foreign_code() -> None:
    test, foreign = Read(None, "code39", test=True), Read(None, "qr")
    assert watch([(test, foreign)]) == [CheckCard("code39")]
    assert watch([(test, Read(ANNA, "qr"))]) == [shown(ANNA)]


TEST_QR: Final = Read(None, "qr", test=True)
TEST_BAR: Final = Read(None, "code39", test=True)


@pytest.mark.parametrize("test", [TEST_QR, TEST_BAR])
def test_a_barcode_beside_the_test_card_does_not_count(test: Read) -> None:
    assert watch([(test, bar(ANNA))] * 20) == [CheckCard(test.symbology)]


def test_a_barcode_counts_once_the_test_card_is_gone() -> None:
    frames: list[Frame] = [(bar(ANNA),), (TEST_QR, bar(ANNA)), (bar(ANNA),), (bar(ANNA),)]
    assert watch(frames) == [CheckCard("qr"), shown(ANNA, "code39")]


def test_the_test_card_beside_a_card_that_counts_is_told_once_that_is_gone() -> None:
    frames: list[Frame] = [(TEST_QR, qr(ANNA)), *[(TEST_QR, bar(ANNA))] * 30, *[(TEST_QR,)] * 30]
    assert watch(frames) == [shown(ANNA), CheckCard("qr")]


def test_the_test_card_that_comes_beside_a_held_card_is_told_once_that_is_gone() -> None:
    frames: list[Frame] = [*[(qr(ANNA),)] * 5, *[(qr(ANNA), TEST_QR)] * 5, *[(TEST_QR,)] * 5]
    assert watch(frames) == [shown(ANNA), CheckCard("qr")]


def test_a_card_misread_after_its_qr_code_counted_is_no_second_visitor() -> None:
    frames: list[Frame] = [(qr(ANNA),), *[(bar(BENGT),)] * 20]
    assert watch(frames) == [shown(ANNA)]


def test_a_second_visitor_with_a_barcode_waits_two_seconds_and_counts() -> None:
    frames: list[Frame] = [(qr(ANNA),), *[(bar(BENGT),)] * 21]
    assert watch(frames) == [shown(ANNA), shown(BENGT, "code39")]


def test_barcodes_one_after_another_wait_for_nobody() -> None:
    frames: list[Frame] = [*[(bar(ANNA),)] * 2, *[(bar(BENGT),)] * 2]
    assert watch(frames) == [shown(ANNA, "code39"), shown(BENGT, "code39")]
