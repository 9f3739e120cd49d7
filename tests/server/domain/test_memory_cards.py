"""Where a memory card was copied or put back, each card tells its own days, until it is said to be gone."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from server.domain.books import Books, Digest, Ending, Place
from server.domain.completeness import Proof, prove
from tests.server.domain.three_days import BOOKS, DAY, MONDAY, NOW, TUESDAY, WEDNESDAY, digest, epoch, tuesday


def test_two_starts_after_the_same_one_are_a_copied_card() -> None:
    twin = replace(epoch(4, 12, after=(2, 30)))
    assert tuesday(replace(BOOKS, epochs=(*BOOKS.epochs, twin))).doubts == ("copied",)


def test_a_start_that_went_on_after_it_was_named_is_a_copied_card() -> None:
    second = replace(BOOKS.epochs[1], last=44)
    assert tuesday(replace(BOOKS, epochs=(BOOKS.epochs[0], second, BOOKS.epochs[2]))).doubts == ("copied",)


FORKED: Final = Books(
    epochs=(epoch(1, 4), epoch(2, 9, after=(1, 4)), epoch(3, 9, after=(1, 4))),
    digests=(
        digest(1, 4, MONDAY - DAY),
        digest(2, 3, MONDAY),
        digest(2, 5, TUESDAY),
        digest(2, 7, WEDNESDAY),
    ),
)
TWIN: Final = (digest(3, 2, MONDAY), digest(3, 4, TUESDAY), digest(3, 6, WEDNESDAY))


def with_digests(books: Books, *more: Digest) -> Books:
    return replace(books, digests=tuple(sorted((*books.digests, *more), key=lambda digest: digest.at)))


def test_each_day_after_a_fork_is_in_doubt_until_the_other_card_tells_its_end_too() -> None:
    assert tuesday(FORKED).doubts == ("copied",)
    assert tuesday(with_digests(FORKED, *TWIN[:2])).doubts == ("copied",)
    assert tuesday(with_digests(FORKED, *TWIN)) == Proof(here=4, expected=4, as_of=WEDNESDAY)


def test_a_day_before_the_fork_is_proved_as_ever() -> None:
    assert prove(FORKED, MONDAY - 2 * DAY, MONDAY - DAY, NOW).complete


def test_a_day_that_goes_on_is_in_doubt_while_two_cards_write() -> None:
    assert prove(with_digests(FORKED, *TWIN), WEDNESDAY, WEDNESDAY + DAY, NOW).doubts == ("copied",)


def test_a_hole_of_the_other_card_is_a_gap() -> None:
    holed = replace(FORKED.epochs[2], holes=(range(5, 6),))
    books = with_digests(replace(FORKED, epochs=(*FORKED.epochs[:2], holed)), *TWIN)
    assert tuesday(books) == Proof(here=3, expected=4, as_of=None, doubts=("gap",))


def test_a_card_that_was_put_back_leaves_the_days_after_it_in_doubt() -> None:
    books = replace(FORKED, epochs=(epoch(1, 6), FORKED.epochs[1]))
    assert tuesday(books).doubts == ("copied",)
    assert prove(books, MONDAY - 2 * DAY, MONDAY - DAY, NOW).complete


def test_a_ring_of_starts_ends() -> None:
    ring = (epoch(1, 5, after=(2, 5)), epoch(2, 5, after=(1, 5)))
    assert "copied" in prove(Books(epochs=ring), TUESDAY, WEDNESDAY, NOW).doubts


def ended(books: Books, number: int) -> Books:
    """A person says now that the card is gone whose latest start is ``number``."""
    tip = next(known for known in books.epochs if known.id == number)
    return replace(books, endings=(*books.endings, Ending(Place(number, tip.last), tip.rows)))


EARLIER: Final = replace(FORKED.epochs[2], last_at=MONDAY - DAY / 2)


def test_a_card_that_is_said_to_be_gone_ends_at_its_last_record() -> None:
    books = replace(FORKED, epochs=(FORKED.epochs[0], FORKED.epochs[1], EARLIER))
    assert tuesday(books).doubts == ("copied",)
    proof = tuesday(ended(books, 3))
    assert proof == Proof(here=2, expected=2, as_of=WEDNESDAY, ended=1)
    assert proof.complete


def test_what_it_wrote_until_then_is_of_the_day_it_was_written_on() -> None:
    late = replace(FORKED.epochs[2], last_at=TUESDAY + DAY / 2)
    books = replace(FORKED, epochs=(*FORKED.epochs[:2], late))
    assert tuesday(ended(books, 3)) == Proof(here=12, expected=12, as_of=WEDNESDAY, ended=1)


def test_a_hole_of_a_card_that_is_gone_is_a_gap_of_the_day_it_ended_on() -> None:
    holed = replace(FORKED.epochs[2], last_at=TUESDAY + DAY / 2, holes=(range(5, 6),))
    assert tuesday(ended(replace(FORKED, epochs=(*FORKED.epochs[:2], holed)), 3)).doubts == ("gap",)


def test_a_day_that_goes_on_is_told_by_the_card_that_is_left() -> None:
    books = replace(FORKED, epochs=(FORKED.epochs[0], FORKED.epochs[1], EARLIER))
    today = prove(ended(books, 3), WEDNESDAY, WEDNESDAY + DAY, NOW)
    assert today == Proof(here=2, expected=2, as_of=NOW - timedelta(minutes=5), ended=1)
    other = prove(ended(FORKED, 2), WEDNESDAY, WEDNESDAY + DAY, NOW)
    assert (other.doubts, other.ended) == ((), 1)


def test_a_card_that_was_put_back_can_be_told_to_be_gone() -> None:
    books = replace(FORKED, epochs=(replace(epoch(1, 6), last_at=MONDAY - DAY), FORKED.epochs[1]))
    assert tuesday(books).doubts == ("copied",)
    assert tuesday(ended(books, 1)).complete


def test_the_card_that_is_left_still_owes_its_own_digest() -> None:
    """The closing one is of the card that is gone."""
    books = with_digests(replace(FORKED, digests=FORKED.digests[:3]), *TWIN)
    assert tuesday(books).doubts == ("copied",)
    assert tuesday(ended(books, 3)).doubts == ("no_digest",)
    silent = replace(ended(books, 3), silent_since=TUESDAY)
    assert tuesday(silent).doubts == ("silent",)


@given(st.integers(1, 40), st.booleans())
def test_a_card_that_writes_again_is_in_doubt_again(more: int, another_start: bool) -> None:
    """Whether it goes on in its start or begins another one: the word was about what was known then."""
    books = ended(replace(FORKED, epochs=(*FORKED.epochs[:2], EARLIER)), 3)
    assert tuesday(books).complete
    if another_start:
        spoke = replace(books, epochs=(*books.epochs, epoch(4, more, after=(3, 9))))
    else:
        spoke = replace(books, epochs=(*books.epochs[:2], replace(EARLIER, last=9 + more)))
    assert tuesday(spoke).doubts == ("copied",)
    assert tuesday(spoke).ended == 0


@given(st.integers(0, 8))
def test_a_row_that_comes_late_from_a_card_that_was_said_to_be_gone_voids_the_word(missing: int) -> None:
    holed = replace(EARLIER, holes=(range(missing, missing + 1),))
    books = ended(replace(FORKED, epochs=(*FORKED.epochs[:2], holed)), 3)
    assert tuesday(books).ended == 1
    assert tuesday(replace(books, epochs=(*FORKED.epochs[:2], EARLIER))).doubts == ("copied",)


@given(st.data())
def test_no_word_about_a_card_proves_what_is_missing_of_another(data: st.DataObject) -> None:
    hole = data.draw(st.integers(4, 7))
    holed = replace(FORKED.epochs[1], holes=(range(hole, hole + 1),))
    books = replace(FORKED, epochs=(FORKED.epochs[0], holed, EARLIER))
    assert tuesday(ended(books, 3)).doubts == ("gap",)


@given(st.permutations([2, 3, 4]), st.integers(0, 3))
def test_each_of_several_cards_must_end_or_be_said_to_be_gone(order: list[int], words: int) -> None:
    """Two of three are enough, for the third tells its own end; fewer are not."""
    fourth = replace(epoch(4, 5, after=(1, 4)), last_at=MONDAY - DAY / 2)
    books = replace(FORKED, epochs=(FORKED.epochs[0], FORKED.epochs[1], EARLIER, fourth))
    for number in order[:words]:
        books = ended(books, number)
    proof = tuesday(books)
    assert proof.complete is ({3, 4} <= set(order[:words]))


def test_the_day_of_the_fork_is_proved_once_every_card_has_told_its_end() -> None:
    """What both have in common is counted once: here all of it lies below the day's own digest."""
    fork_day = prove(with_digests(FORKED, *TWIN), MONDAY - DAY, MONDAY, NOW)
    assert fork_day == Proof(here=7, expected=7, as_of=MONDAY)
    assert prove(with_digests(FORKED), MONDAY - DAY, MONDAY, NOW).doubts == ("copied",)
