"""A day is proved by names of records alone; each way in which it is not has its own word."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.books import Books, Digest, Ending, EpochFacts, Flaw, Place
from server.domain.completeness import Doubt, Proof, prove, together

DAY: Final = timedelta(days=1)
MONDAY: Final = datetime(2026, 11, 23, tzinfo=UTC)
TUESDAY: Final = MONDAY + DAY
WEDNESDAY: Final = TUESDAY + DAY
NOW: Final = WEDNESDAY + timedelta(hours=10)


def epoch(number: int, last: int, *, after: tuple[int, int] | None = None) -> EpochFacts:
    """Start ``number`` of a kiosk, after row ``after[1]`` of start ``after[0]``."""
    return EpochFacts(
        id=number,
        name=f"e{number}",
        last=last,
        last_at=NOW - timedelta(minutes=5),
        opened=True,
        previous=f"e{after[0]}" if after else None,
        previous_last=after[1] if after else None,
    )


def digest(number: int, seq: int, at: datetime) -> Digest:
    return Digest(Place(number, seq), at + timedelta(seconds=3))


BOOKS: Final = Books(
    epochs=(epoch(1, 50), epoch(2, 30, after=(1, 50)), epoch(3, 9, after=(2, 30))),
    digests=(digest(1, 10, MONDAY), digest(2, 5, TUESDAY), digest(3, 2, WEDNESDAY)),
)


def tuesday(books: Books = BOOKS) -> Proof:
    return prove(books, TUESDAY, WEDNESDAY, NOW)


def test_a_day_between_two_digests_without_a_hole_is_proved() -> None:
    assert tuesday() == Proof(here=28, expected=28, as_of=WEDNESDAY)
    assert tuesday().complete


def test_a_day_that_is_not_over_is_proved_as_far_as_it_goes() -> None:
    today = prove(BOOKS, WEDNESDAY, WEDNESDAY + DAY, NOW)
    assert today == Proof(here=7, expected=7, as_of=NOW - timedelta(minutes=5))


def test_the_first_day_of_a_kiosk_is_proved_from_its_first_start() -> None:
    assert prove(BOOKS, MONDAY - DAY, MONDAY, NOW) == Proof(here=11, expected=11, as_of=MONDAY)


def test_several_days_are_proved_at_once() -> None:
    assert prove(BOOKS, MONDAY, WEDNESDAY, NOW) == Proof(here=74, expected=74, as_of=WEDNESDAY)


def test_a_kiosk_that_was_off_all_day_proves_it_when_it_is_back() -> None:
    books = replace(BOOKS, digests=(BOOKS.digests[0], digest(3, 2, WEDNESDAY + timedelta(hours=9))))
    assert tuesday(books).complete
    assert tuesday(books).here == 74  # what its books hold from Monday on: no digest parts them


def test_until_then_the_day_is_not_proved() -> None:
    books = replace(BOOKS, digests=BOOKS.digests[:2])
    assert tuesday(books).doubts == ("no_digest",)
    assert not tuesday(books).complete


def test_a_kiosk_that_was_never_heard_proves_nothing() -> None:
    assert tuesday(Books()).doubts == ("never_heard",)


@pytest.mark.parametrize(
    ("hole", "here"), [(range(7, 9), 26), (range(30, 31), 27), (range(31), 3), (range(5, 6), 28)]
)
def test_a_hole_is_counted_where_it_is_and_doubted(hole: range, here: int) -> None:
    """The last one lies before the day's own digest: what was written between midnight and it is unproved."""
    second = replace(BOOKS.epochs[1], holes=(hole,))
    proof = tuesday(replace(BOOKS, epochs=(BOOKS.epochs[0], second, BOOKS.epochs[2])))
    assert proof == Proof(here=here, expected=28, as_of=None, doubts=("gap",))


def test_a_hole_below_the_days_is_not_theirs() -> None:
    first = replace(BOOKS.epochs[0], holes=(range(3, 6),))
    assert tuesday(replace(BOOKS, epochs=(first, *BOOKS.epochs[1:]))).complete


def test_an_epoch_that_nobody_heard_of_is_a_gap_of_known_size() -> None:
    books = replace(BOOKS, epochs=(BOOKS.epochs[0], replace(BOOKS.epochs[2], previous="lost")))
    books = replace(books, digests=(BOOKS.digests[0], BOOKS.digests[2]))
    assert tuesday(books) == Proof(here=3, expected=34, as_of=None, doubts=("gap",))


def test_rows_that_the_next_start_speaks_of_and_that_never_came_are_a_gap() -> None:
    second = replace(BOOKS.epochs[1], last=25)
    proof = tuesday(replace(BOOKS, epochs=(BOOKS.epochs[0], second, BOOKS.epochs[2])))
    assert proof == Proof(here=23, expected=28, as_of=None, doubts=("gap",))


def test_a_start_whose_opening_is_missing_is_a_gap() -> None:
    third = replace(BOOKS.epochs[2], opened=False, previous=None, previous_last=None)
    assert "gap" in tuesday(replace(BOOKS, epochs=(*BOOKS.epochs[:2], third))).doubts


def test_a_file_that_was_set_aside_ends_the_proof() -> None:
    third = replace(BOOKS.epochs[2], previous=None, previous_last=None)
    assert tuesday(replace(BOOKS, epochs=(*BOOKS.epochs[:2], third))).doubts == ("start_unknown",)


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


@pytest.mark.parametrize("flaw", get_args(Flaw))
def test_a_record_that_is_not_in_the_figures_is_told(flaw: Flaw) -> None:
    assert tuesday(replace(BOOKS, flaws=((Place(2, 17), flaw),))).doubts == (flaw,)


def test_a_flaw_of_another_day_is_not_this_one_s() -> None:
    assert tuesday(replace(BOOKS, flaws=((Place(1, 3), "refused"), (Place(3, 8), "refused")))).complete


def test_several_kiosks_are_as_good_as_the_worst() -> None:
    good, poor = Proof(5, 5, WEDNESDAY), Proof(3, 4, None, ("gap",))
    assert together([good, Proof(1, 1, TUESDAY)]) == Proof(6, 6, TUESDAY)
    assert together([good, poor]) == Proof(8, 9, None, ("gap",))
    assert together([]) == Proof()


@given(st.data())
def test_whatever_is_lost_below_a_digest_is_noticed(data: st.DataObject) -> None:
    lasts = data.draw(st.lists(st.integers(0, 6), min_size=1, max_size=5))
    chain: list[EpochFacts] = []
    for number, last in enumerate(lasts, start=1):
        chain.append(epoch(number, last, after=(number - 1, lasts[number - 2]) if number > 1 else None))
    close = digest(len(lasts), lasts[-1], WEDNESDAY)
    whole = Books(epochs=tuple(chain), digests=(close,))
    assert prove(whole, TUESDAY, WEDNESDAY, NOW).complete
    lost = data.draw(st.sampled_from([(e.id, seq) for e in chain for seq in range(e.last + 1)]))
    holed = [replace(e, holes=(range(lost[1], lost[1] + 1),)) if e.id == lost[0] else e for e in chain]
    proof = prove(replace(whole, epochs=tuple(holed)), TUESDAY, WEDNESDAY, NOW)
    assert not proof.complete
    assert proof.here == proof.expected - 1


@given(st.lists(st.integers(1, 6), min_size=2, max_size=5), st.data())
def test_whatever_is_lost_of_the_end_of_a_start_is_noticed(lasts: list[int], data: st.DataObject) -> None:
    chain = [
        epoch(number, last, after=(number - 1, lasts[number - 2]) if number > 1 else None)
        for number, last in enumerate(lasts, start=1)
    ]
    at = data.draw(st.integers(0, len(lasts) - 2))
    kept = data.draw(st.integers(0, lasts[at] - 1))
    chain[at] = replace(chain[at], last=kept)
    books = Books(epochs=tuple(chain), digests=(digest(len(lasts), lasts[-1], WEDNESDAY),))
    proof = prove(books, TUESDAY, WEDNESDAY, NOW)
    assert proof.doubts == ("gap",)
    assert proof.expected - proof.here == lasts[at] - kept


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


@pytest.mark.parametrize(
    ("since", "doubt"),
    [
        (None, "no_digest"),
        (TUESDAY + DAY / 2, "silent"),
        (WEDNESDAY - timedelta(seconds=1), "silent"),
        (WEDNESDAY, "no_digest"),
        (NOW, "no_digest"),
    ],
)
def test_a_kiosk_that_is_off_is_told_from_one_that_owes_its_digest(
    since: datetime | None, doubt: Doubt
) -> None:
    books = replace(BOOKS, digests=BOOKS.digests[:2], silent_since=since)
    proof = tuesday(books)
    assert proof.doubts == (doubt,)
    assert proof.silent_since == (since if doubt == "silent" else None)


def test_silence_is_no_doubt_of_a_day_that_was_closed_or_goes_on() -> None:
    books = replace(BOOKS, silent_since=MONDAY)
    assert tuesday(books).complete
    assert prove(books, WEDNESDAY, WEDNESDAY + DAY, NOW).complete


def test_of_several_silent_kiosks_the_longest_silence_is_told() -> None:
    silences = [Proof(doubts=("silent",), silent_since=at) for at in (TUESDAY, MONDAY)]
    assert together([*silences, Proof(ended=1), Proof(ended=2)]) == Proof(
        doubts=("silent",), silent_since=MONDAY, ended=3
    )


def ended_at(number: int, last: int, at: datetime, *, after: tuple[int, int] | None = None) -> EpochFacts:
    return replace(epoch(number, last, after=after), last_at=at)


def test_what_was_written_before_the_time_was_known_counts_with_its_day() -> None:
    """Else a table says "13/13" beside thirty visits. A start that was over on Monday is not of it."""
    books = Books(
        epochs=(
            ended_at(1, 50, MONDAY + timedelta(hours=20)),
            ended_at(2, 30, TUESDAY + timedelta(hours=20), after=(1, 50)),
            epoch(3, 9, after=(2, 30)),
        ),
        digests=(
            digest(1, 10, MONDAY),
            digest(2, 20, TUESDAY + timedelta(hours=14)),
            digest(3, 2, WEDNESDAY),
        ),
    )
    assert tuesday(books) == Proof(here=34, expected=34, as_of=WEDNESDAY)


def test_a_day_on_which_a_kiosk_was_off_has_no_records_of_the_day_before() -> None:
    books = Books(
        epochs=(ended_at(1, 50, MONDAY + timedelta(hours=20)), epoch(2, 9, after=(1, 50))),
        digests=(digest(1, 10, MONDAY), digest(2, 1, WEDNESDAY + timedelta(hours=9))),
    )
    assert tuesday(books) == Proof(here=2, expected=2, as_of=WEDNESDAY)
